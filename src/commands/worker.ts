import type { CommandContext } from '../command.ts'
import { openLog, serve } from '../service.ts'
import { VERSION } from '../version.ts'
import { Worker } from '../worker/worker.ts'

/** Calls the engines until told to stop. */
export async function worker(context: CommandContext): Promise<number> {
  const resolved = context.load({ credentials: true })
  const { events, close } = openLog(context, resolved)
  await serve(context.signal, [new Worker({ config: resolved.config, events, version: VERSION })])
  close()
  return 0
}
