import type { CommandContext } from '../command.ts'
import { Health } from '../health/health.ts'
import { PauseWatch } from '../pause-watch.ts'
import { demandDatabase, openLog, serve } from '../service.ts'
import { VERSION } from '../version.ts'
import { Worker } from '../worker/worker.ts'

/** Calls the engines until told to stop. */
export async function worker(context: CommandContext): Promise<number> {
  const resolved = context.load({ credentials: true })
  await demandDatabase(resolved.config, context.signal)
  const { events, close } = openLog(context, resolved)
  const options = { config: resolved.config, events, version: VERSION }
  const part = new Worker(options)
  const health = new Health({ ...options, signal: context.signal, parts: { worker: part } })
  await serve(context.signal, [health, new PauseWatch(options), part])
  close()
  return 0
}
