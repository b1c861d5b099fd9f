import type { CommandContext } from '../command.ts'
import { Dashboard } from '../dashboard/dashboard.ts'
import { Health } from '../health/health.ts'
import { PauseWatch } from '../pause-watch.ts'
import { demandDatabase, openLog, serve } from '../service.ts'
import { VERSION } from '../version.ts'

/** Shows everything in a browser until told to stop. */
export async function dashboard(context: CommandContext): Promise<number> {
  const resolved = context.load({ credentials: false })
  await demandDatabase(resolved.config, context.signal)
  const { events, close } = openLog(context, resolved)
  const options = { config: resolved.config, events, version: VERSION }
  const part = new Dashboard(options)
  const health = new Health({ ...options, signal: context.signal, parts: { dashboard: part } })
  await serve(context.signal, [health, new PauseWatch(options), part])
  close()
  return 0
}
