import type { CommandContext } from '../command.ts'
import { serve } from '../service.ts'
import { VERSION } from '../version.ts'
import { Worker } from '../worker/worker.ts'

/** Calls the engines until told to stop. */
export async function worker(context: CommandContext): Promise<number> {
  const resolved = context.load({ credentials: true })
  const { config } = resolved
  return serve(context, resolved, events => [new Worker({ config, events, version: VERSION })])
}
