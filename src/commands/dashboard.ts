import type { CommandContext } from '../command.ts'
import { Dashboard } from '../dashboard/dashboard.ts'
import { openLog, serve } from '../service.ts'
import { VERSION } from '../version.ts'

/** Shows everything in a browser until told to stop. */
export async function dashboard(context: CommandContext): Promise<number> {
  const resolved = context.load({ credentials: false })
  const { events, close } = openLog(context, resolved)
  await serve(context.signal, [
    new Dashboard({ config: resolved.config, events, version: VERSION }),
  ])
  close()
  return 0
}
