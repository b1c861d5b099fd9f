import { isDeepStrictEqual } from 'node:util'
import type { JobSchedulerJson, Queue } from 'bullmq'
import type { Events } from '../events.ts'
import type { Schedule, Tick } from '../jobs.ts'
import type { Declared } from '../ledger/declared.ts'
import type { Redis } from '../redis.ts'
import { AHEAD } from '../set-back.ts'
import { nextSlot } from '../slots.ts'
import { type Repeat, repeatOf } from '../ticks.ts'
import { inTurn } from './turns.ts'

/** A pending tick may be this long overdue before the chain counts as broken, ms. */
const GRACE = 2000
/** Who claims a tick places its successor at once; after so long, ms, it is gone. */
const PLACING = 500

export interface Reconciliation {
  redis: Redis
  queue: Queue
  events: Events
  declared: readonly Declared[]
  /** Attempts per run where the declaration does not say. */
  attempts: number
  /** Is it still? What was read at the start of a round may have been declared away. */
  isDeclared: (schedule: Schedule) => Promise<boolean>
  /** What is missing was never there: no news to anyone. */
  first: boolean
  /** Hears that one schedule, of perhaps thousands, is done. */
  stepped?: () => void
}

/**
 * Makes BullMQ's job schedulers equal to what is declared and mends what has gone: an emptied,
 * paused or limited queue, a scheduler that was removed or edited from outside, a lost tick.
 * Where nothing is wrong it only reads. Any number of producers may do this at once.
 */
export async function reconcile(options: Reconciliation): Promise<void> {
  const { queue, events, declared, stepped } = options
  await unblock(queue, events)
  const one = ({ schedule, attempts = options.attempts }: Declared) =>
    mend({ ...options, schedule, attempts })
  await inTurn(declared, one, stepped)
}

/** Removes the job schedulers that nobody declared. */
export async function removeUndeclared(options: Reconciliation): Promise<void> {
  const { queue, declared, stepped } = options
  const ids = new Set(declared.map(({ schedule }) => schedule.id))
  for (const { key } of await queue.getJobSchedulers()) {
    if (!ids.has(key)) await queue.removeJobScheduler(key)
    stepped?.()
  }
}

/**
 * A paused queue or a limit set from outside would stop every schedule silently; pausing is done by
 * our own flag instead. On a paused queue an upsert would also add a second tick.
 */
async function unblock(queue: Queue, events: Events): Promise<void> {
  if (await queue.isPaused()) {
    await queue.resume()
    events.emit('repaired', { schedule: null, what: 'the queue had been paused from outside' })
  }
  if ((await queue.getGlobalConcurrency()) !== null) {
    await queue.removeGlobalConcurrency()
    events.emit('repaired', {
      schedule: null,
      what: 'the queue had been given a global concurrency',
    })
  }
  if ((await queue.getGlobalRateLimit()) !== null) {
    await queue.removeGlobalRateLimit()
    events.emit('repaired', { schedule: null, what: 'the queue had been given a rate limit' })
  }
}

type Mending = Omit<Reconciliation, 'declared'> & { schedule: Schedule }
type Looking = Pick<Mending, 'redis' | 'queue' | 'schedule' | 'attempts'>

/** What can be wrong with how a schedule stands in the queue. */
const FAULTS = {
  gone: 'its scheduler was gone',
  grid: 'its scheduler lay on another grid, or would have ended',
  template: "its ticks' data or options were others",
  tick: 'its next tick was gone, stuck or postponed',
} as const

/** What is wrong with how a schedule stands in the queue; null for nothing. Only reads. */
export async function faultOf(options: Looking): Promise<keyof typeof FAULTS | null> {
  // Not getJobSchedulers(): that one deletes what it finds incomplete.
  const found = await options.queue.getJobScheduler(options.schedule.id)
  if (found === undefined) return 'gone'
  return differs(found, options) ?? ((await isBroken(options, found)) ? 'tick' : null)
}

async function mend(options: Mending): Promise<void> {
  const { queue, schedule } = options
  const fault = await faultOf(options)
  if (fault === null || !(await options.isDeclared(schedule))) return
  // An upsert would keep the pending tick's time, and so the old grid for good.
  if (fault === 'grid') await queue.removeJobScheduler(schedule.id)
  await place(options)
  if (!options.first) {
    options.events.emit('repaired', { schedule: schedule.id, what: FAULTS[fault] })
  }
}

async function isBroken(
  { redis, queue }: Looking,
  { key, next }: JobSchedulerJson,
): Promise<boolean> {
  if (next === undefined) return true
  const tick = `repeat:${key}:${next}`
  const state = await queue.getJobState(tick)
  const overdue = Date.now() - next > GRACE
  if (state === 'waiting' || state === 'prioritized') return false
  if (state === 'delayed') {
    // BullMQ orders delayed jobs by 4096 times their time. Without a worker they are late, no more.
    const placed = overdue ? await redis.zscore(queue.toKey('delayed'), tick) : null
    return Number(placed) / 4096 > Date.now() + GRACE
  }
  const claimed = state === 'active' ? await redis.hget(queue.toKey(tick), 'processedOn') : null
  const isLate = overdue || (claimed !== null && Date.now() - Number(claimed) > PLACING)
  // Just claimed: its successor is being placed this moment.
  if (!isLate) return state === 'unknown' && next > Date.now() + GRACE
  return (await queue.getJobScheduler(key))?.next === next
}

async function place({ queue, schedule, attempts }: Mending): Promise<void> {
  const data: Tick = { v: 1, kind: 'tick', schedule }
  await queue.upsertJobScheduler(schedule.id, repeatOf(schedule), {
    name: schedule.id,
    data,
    opts: optionsOf(attempts),
  })
}

/** What every tick carries: attempts are BullMQ's, their delays the worker's, and few jobs are kept. */
function optionsOf(attempts: number) {
  return {
    attempts,
    backoff: { type: 'run' },
    removeOnComplete: { count: 500 },
    removeOnFail: { count: 500 },
    stackTraceLimit: 0,
  }
}

function differs(
  found: JobSchedulerJson,
  { schedule, attempts }: Looking,
): 'grid' | 'template' | null {
  const { every, offset, pattern, tz }: Repeat = repeatOf(schedule)
  const grid = { every, offset, pattern, tz }
  const standing = {
    every: found.every,
    offset: found.every === undefined ? undefined : found.offset,
    pattern: found.pattern,
    tz: found.tz,
  }
  if (!isDeepStrictEqual(standing, grid)) return 'grid'
  if (ends(found) || isAside(found, schedule) || isFar(found, schedule)) return 'grid'
  const data = found.template?.data as Tick | undefined
  if (data?.schedule?.lead !== schedule.lead) return 'grid'
  const wanted: Tick = { v: 1, kind: 'tick', schedule }
  if (!isDeepStrictEqual(data, wanted)) return 'template'
  const opts: object = found.template?.opts ?? {}
  return isDeepStrictEqual({ ...opts, ...optionsOf(attempts) }, opts) ? null : 'template'
}

/** Nothing that is declared ends. */
function ends({ limit, startDate, endDate }: JobSchedulerJson): boolean {
  return limit !== undefined || startDate !== undefined || endDate !== undefined
}

/** A worker whose clock was ahead places ticks far beyond the next slots. */
function isFar({ next }: JobSchedulerJson, { grid, lead }: Schedule): boolean {
  if ('cron' in grid || typeof next !== 'number') return false
  return next > Date.now() + lead + 2 * grid.interval + AHEAD
}

/** A pattern's lead is known to its ticks alone: from outside it is set without. */
function isAside({ next }: JobSchedulerJson, { grid, lead }: Schedule): boolean {
  if (!('cron' in grid) || typeof next !== 'number') return false
  return nextSlot(grid, next + lead - 1) !== next + lead
}
