import { once } from 'node:events'
import { type CommandContext, UserError } from '../command.ts'
import { Health } from '../health/health.ts'
import { PauseWatch } from '../pause-watch.ts'
import { wordsOf } from '../producer/claim.ts'
import { Producer } from '../producer/producer.ts'
import { reach } from '../reader.ts'
import { demandDatabase, openLog, serve } from '../service.ts'
import { VERSION } from '../version.ts'

/** Exit code where it may be declared later. */
const REFUSED = 75

/** Declares the schedules and keeps them in order until told to stop; with `--once`, only declares. */
export async function producer(context: CommandContext): Promise<number> {
  const resolved = context.load({ credentials: false })
  const { config } = resolved
  const onlyOnce = context.argv.once === true
  // Someone waits for the first answer: no Redis is one, and no reason to wait for it.
  if (onlyOnce) (await reach(config.redis)).disconnect()
  else await demandDatabase(config, context.signal)
  const { events, close } = openLog(context, resolved)
  const options = { config, events, version: VERSION }
  const part = new Producer({ ...options, force: context.argv.force === true })
  if (onlyOnce) await register(part, context.signal).finally(() => part.stop())
  else {
    const health = new Health({ ...options, signal: context.signal, parts: { producer: part } })
    await serve(context.signal, [health, new PauseWatch(options), part])
  }
  close()
  return 0
}

async function register(part: Producer, signal: AbortSignal): Promise<void> {
  const interrupted = (): never => {
    throw new UserError('stopped before the schedules were declared')
  }
  if (signal.aborted) interrupted()
  const outcome = await Promise.race([part.register(), once(signal, 'abort').then(interrupted)])
  if (outcome.how === 'declared') return
  const why = outcome.how === 'refused' ? wordsOf(outcome) : 'a later declaration stands'
  throw new UserError(`the schedules are not declared: ${why}`, {
    hint: 'give all producers the same settings and end those with others first, or use --force',
    exitCode: REFUSED,
  })
}
