import type { CommandContext } from '../command.ts'
import { Producer } from '../producer/producer.ts'
import { reach } from '../reader.ts'
import { openLog, serve } from '../service.ts'
import { VERSION } from '../version.ts'

/** Declares the schedules and keeps them in order until told to stop; with `--once`, only declares. */
export async function producer(context: CommandContext): Promise<number> {
  const resolved = context.load({ credentials: false })
  const { config } = resolved
  const once = context.argv['once'] === true
  // Someone waits for the first answer: no Redis is one, and no reason to wait for it.
  if (once) (await reach(config.redis)).disconnect()
  const { events, close } = openLog(context, resolved)
  const part = new Producer({ config, events, version: VERSION })
  if (once) await part.register().finally(() => part.stop())
  else await serve(context.signal, [part])
  close()
  return 0
}
