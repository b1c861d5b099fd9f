import { CallsQueue } from '../dashboard/queues/calls-queue.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { isGone, presences } from '../presence.ts'
import { faultOf } from '../producer/reconcile.ts'
import { inBatches } from './batches.ts'
import { about, type Finding, orFine } from './finding.ts'
import { many } from './plural.ts'
import type { Connected } from './subject.ts'

const { ok, warning, failure } = about('queue')

const FAULTS: Readonly<Record<NonNullable<Awaited<ReturnType<typeof faultOf>>>, string>> = {
  gone: 'it has no scheduler, so no calls come',
  grid: 'its scheduler lies on another grid, or ends',
  template: "its ticks' data or options are others",
  tick: 'its next tick is gone, stuck or postponed',
}

/** Does BullMQ have a tick for every schedule, and is nothing in their way? */
export async function queue(subject: Connected): Promise<Finding[]> {
  const { redis, keys, config } = subject
  const calls = new CallsQueue({ redis, prefix: config.redis.prefix })
  try {
    const declared = await declaredSchedules(redis, keys)
    if (declared.size === 0) return []
    const repaired = await hasProducer(subject)
    const say = repaired ? warning : failure
    const advice = repaired
      ? 'a producer repairs this within seconds: ask again, and look at its log if it stays'
      : 'start a producer: it repairs this'
    const faults = await inBatches(declared.values(), async ({ schedule, attempts }) => {
      const options = { redis, queue: calls, schedule }
      const fault = await faultOf({ ...options, attempts: attempts ?? config.retry.attempts })
      return fault === null ? [] : [say(`${schedule.id}: ${FAULTS[fault]}`, advice)]
    })
    const blocks = (await obstacles(calls)).map(what => say(`the queue ${what}`, advice))
    return orFine(
      [...blocks, ...faults],
      ok(`a next tick for each of ${many(declared.size, 'schedule')}`),
    )
  } finally {
    await calls.close()
  }
}

async function hasProducer({ redis, keys }: Connected): Promise<boolean> {
  const now = Date.now()
  const all = await presences(redis, keys)
  return all.some(it => it.part === 'producer' && !isGone(it, now))
}

async function obstacles(calls: CallsQueue): Promise<string[]> {
  const [paused, concurrency, rate] = await Promise.all([
    calls.isPaused(),
    calls.getGlobalConcurrency(),
    calls.getGlobalRateLimit(),
  ])
  return [
    ...(paused ? ['is paused from outside: no calls are made'] : []),
    ...(concurrency === null ? [] : [`has a global concurrency of ${concurrency} from outside`]),
    ...(rate === null ? [] : ['has a rate limit from outside']),
  ]
}
