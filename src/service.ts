import { type CommandContext, UserError } from './command.ts'
import type { Config, Resolved } from './config.ts'
import { createEvents, type Events } from './events.ts'
import { attachLogger } from './logger.ts'
import { reach } from './reader.ts'
import { databaseOf, RedisUnreachable } from './redis.ts'

/** A part of the system with a life: both calls are safe to repeat, stop() before start() is fine. */
export interface Part {
  start(): Promise<void>
  stop(): Promise<void>
}

/** The events of a process, written to its log until `close`. */
export function openLog(
  context: CommandContext,
  { config, warnings }: Resolved,
): { events: Events; close(): void } {
  const events = createEvents()
  const stream = context.stdout
  const close = attachLogger(events, { ...config.log, stream, onBroken: brokenLog(context) })
  context.onIgnored(message => events.emit('warning', { part: 'process', message }))
  for (const message of warnings) events.emit('warning', { part: 'configuration', message })
  return { events, close }
}

/** Says of a log that it cannot be written where that can still be said. */
export function brokenLog({ stderr }: Pick<CommandContext, 'stderr'>): (why: string) => void {
  return why => {
    stderr.write(`hft-scheduler: the log cannot be written (${why}); it goes on without\n`)
  }
}

/**
 * Throws UserError where Redis refuses the database of REDIS_URL. A service waits for all else that is
 * wrong with Redis; this one it would wait for in silence, had nobody looked at its log.
 */
export async function demandDatabase({ redis }: Config, signal: AbortSignal): Promise<void> {
  // Database 0 is always there.
  if (databaseOf(redis.url) === 0) return
  const looked = reach(redis).then(
    connection => connection.disconnect(),
    (error: unknown) => {
      const cause = error instanceof UserError ? error.cause : undefined
      if (cause instanceof RedisUnreachable && cause.noDatabase) throw error
    },
  )
  await Promise.race([looked, aborted(signal)])
}

/**
 * Runs parts until `signal`: started in order, stopped in reverse. A signal that comes while a part
 * still waits for Redis ends it too.
 */
export async function serve(signal: AbortSignal, parts: readonly Part[]): Promise<void> {
  const started: Part[] = []
  const stop = aborted(signal)
  try {
    for (const part of parts) {
      if (signal.aborted) break
      started.push(part)
      await Promise.race([part.start(), stop])
    }
    await stop
  } finally {
    await stopAll(started.reverse())
  }
}

/** Every part gets its end; rejects with what went wrong first. */
async function stopAll(parts: readonly Part[]): Promise<void> {
  const failures: unknown[] = []
  for (const part of parts) {
    try {
      await part.stop()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
