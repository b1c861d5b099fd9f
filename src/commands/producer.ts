import type { CommandContext } from '../command.ts'
import { createEvents } from '../events.ts'
import { attachLogger } from '../logger.ts'
import { Producer } from '../producer/producer.ts'
import { serve } from '../service.ts'
import { VERSION } from '../version.ts'

/** Declares the schedules and keeps them in order until told to stop; with `--once`, only declares. */
export async function producer(context: CommandContext): Promise<number> {
  const resolved = context.load({ credentials: false })
  const { config } = resolved
  if (context.argv['once'] !== true) {
    return serve(context, resolved, events => [new Producer({ config, events, version: VERSION })])
  }
  const events = createEvents()
  const detach = attachLogger(events, { ...config.log, stream: context.stdout })
  const once = new Producer({ config, events, version: VERSION })
  try {
    await once.register()
    return 0
  } finally {
    await once.stop()
    detach()
  }
}
