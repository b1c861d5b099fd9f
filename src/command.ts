import { once } from 'node:events'
import type { Resolved } from './config.ts'
import type { SettingName } from './settings.ts'

type Output = NodeJS.WritableStream & { isTTY?: boolean }

/** Everything a command may see of the process that it runs in. */
export interface CommandContext {
  /**
   * Options and positionals as declared in cli.ts: durations and instants are numbers (ms, epoch
   * ms), counts are numbers, the rest texts and booleans. Settings are read with `load`, not here.
   */
  argv: Record<string, unknown>
  /**
   * The configuration. `defaults` by flag name, as a reader would write them, are stronger only
   * than the defaults of the table. Throws ConfigError; what it warns of is the caller's to show.
   */
  load(needs: { credentials: boolean }, defaults?: Partial<Record<SettingName, unknown>>): Resolved
  env: Record<string, string | undefined>
  stdout: Output
  stderr: Output
  /** Asks the person at the terminal; null or missing where there is none. */
  ask?: ((question: string) => Promise<string>) | null
  /** Aborted by the first signal that asks for the end. */
  signal: AbortSignal
  /** Hears what a service has to say of a signal that it goes on after. */
  onIgnored(listener: (message: string) => void): void
}

/** Writes and waits for a reader who is slow, so that nothing piles up here. */
export async function written(output: Output, text: string): Promise<void> {
  if (!output.write(text)) await once(output, 'drain')
}

/** A command does its part and returns the exit code. */
export type Command = (context: CommandContext) => Promise<number>

/** Something that the user can put right: shown without a stack, then exit with `exitCode`. */
export class UserError extends Error {
  override name = 'UserError'
  /** What to do about it. */
  readonly hint: string | null
  readonly exitCode: number

  constructor(
    message: string,
    options: { hint?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.hint = options.hint ?? null
    this.exitCode = options.exitCode ?? 1
  }
}
