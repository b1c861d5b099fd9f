import { isDeepStrictEqual } from 'node:util'
import type { JobSchedulerJson, Queue } from 'bullmq'
import type { Events } from '../events.ts'
import type { Schedule, Tick } from '../jobs.ts'
import { type Repeat, repeatOf } from '../ticks.ts'

/** A pending tick may be this long overdue before the chain counts as broken, ms. */
const GRACE = 2000

export interface Reconciliation {
  queue: Queue
  events: Events
  schedules: readonly Schedule[]
  /** Attempts per run, for the ticks' options. */
  attempts: number
  /** What is missing was never there: no news to anyone. */
  first: boolean
}

/**
 * Makes BullMQ's job schedulers equal to what is declared and mends what has gone: an emptied,
 * paused or limited queue, a scheduler that was removed or edited from outside, a lost tick.
 * Where nothing is wrong it only reads. Any number of producers may do this at once.
 */
export async function reconcile(options: Reconciliation): Promise<void> {
  const { queue, events, schedules } = options
  await unblock(queue, events)
  for (const schedule of schedules) await mend(options, schedule)
}

/** Removes the job schedulers that nobody declared. */
export async function removeUndeclared({ queue, schedules }: Reconciliation): Promise<void> {
  const declared = new Set(schedules.map(schedule => schedule.id))
  for (const { key } of await queue.getJobSchedulers()) {
    if (!declared.has(key)) await queue.removeJobScheduler(key)
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

async function mend(options: Reconciliation, schedule: Schedule): Promise<void> {
  const { queue, events } = options
  const repaired = (what: string) => events.emit('repaired', { schedule: schedule.id, what })
  // Not getJobSchedulers(): that one deletes what it finds incomplete.
  const found = await queue.getJobScheduler(schedule.id)
  if (found === undefined) {
    await place(options, schedule)
    if (!options.first) repaired('its scheduler was gone')
    return
  }
  const difference = differs(found, schedule, options.attempts)
  if (difference === 'grid') {
    // An upsert would keep the pending tick's time, and so the old grid for good.
    await queue.removeJobScheduler(schedule.id)
    await place(options, schedule)
    if (!options.first) repaired('its scheduler lay on another grid')
  } else if (difference === 'template') {
    await place(options, schedule)
    repaired("its ticks' data or options were others")
  } else if (await isBroken(queue, found)) {
    await place(options, schedule)
    repaired('its next tick was gone or stuck')
  }
}

async function isBroken(queue: Queue, { key, next }: JobSchedulerJson): Promise<boolean> {
  if (next === undefined) return true
  const state = await queue.getJobState(`repeat:${key}:${next}`)
  const overdue = Date.now() - next > GRACE
  if (state === 'delayed' || state === 'waiting' || state === 'prioritized') return false
  // Just claimed: its successor is being placed this moment.
  if (!overdue) return state === 'unknown' && next > Date.now() + GRACE
  return (await queue.getJobScheduler(key))?.next === next
}

async function place({ queue, attempts }: Reconciliation, schedule: Schedule): Promise<void> {
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
  schedule: Schedule,
  attempts: number,
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
  const data = found.template?.data as Tick | undefined
  if (data?.schedule?.lead !== schedule.lead) return 'grid'
  const wanted: Tick = { v: 1, kind: 'tick', schedule }
  if (!isDeepStrictEqual(data, wanted)) return 'template'
  return found.template?.opts?.attempts === attempts ? null : 'template'
}
