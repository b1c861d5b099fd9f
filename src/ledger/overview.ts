import type { Schedule } from '../jobs.ts'
import type { Redis } from '../redis.ts'
import { nextSlot } from '../slots.ts'
import { type Flight, flightOf } from './flight.ts'
import type { Keys } from './keys.ts'
import { parseRun } from './ledger.ts'
import { type Pause, pauses } from './pauses.ts'
import { type Recent, recentOf } from './recent.ts'
import type { Run } from './run.ts'

/** How a schedule stands; times in epoch ms, durations in ms. */
export interface Overview extends Recent {
  schedule: Schedule
  /** Null where its grid has no more slots. */
  next: number | null
  last: Run | null
  flight: Flight | null
  /** Its own pause, and its engine's. */
  paused: Paused[]
  /** How far its books are closed, epoch ms; null where there are none. */
  closed: number | null
  /** Of how many of the last runs the numbers are made. */
  recent: number
}

/** A pause, and the schedule or engine that it was asked for. */
export type Paused = Pause & { target: string }

/** Runs that the numbers are made of. */
const RECENT = 120
/** Schedules read at a time. */
const BATCH = 50

export async function overview(
  redis: Redis,
  keys: Keys,
  schedules: readonly Schedule[],
): Promise<Overview[]> {
  const paused = await pauses(redis, keys)
  const found: Overview[] = []
  for (let index = 0; index < schedules.length; index += BATCH) {
    const batch = schedules.slice(index, index + BATCH)
    found.push(...(await Promise.all(batch.map(schedule => one(redis, keys, schedule, paused)))))
  }
  return found
}

async function one(
  redis: Redis,
  keys: Keys,
  schedule: Schedule,
  paused: ReadonlyMap<string, Pause>,
): Promise<Overview> {
  const { id } = schedule
  const [members, lease, left, marks, closed] = await Promise.all([
    redis.zrevrange(keys.runs(id), 0, RECENT - 1),
    redis.hgetall(keys.lease(id)),
    redis.pttl(keys.lease(id)),
    redis.hgetall(keys.sent(id)),
    redis.hget(keys.books(id), 'closed'),
  ])
  const runs = members.flatMap(parseRun)
  return {
    schedule,
    next: upcoming(schedule),
    last: runs[0] ?? null,
    flight: flightOf(lease, left, marks),
    paused: pausesOf(schedule, paused),
    closed: closed === null ? null : Number(closed),
    recent: runs.length,
    ...recentOf(runs),
  }
}

/** The pauses that keep a schedule from being called: its own, and its engine's. */
export function pausesOf({ id, engine }: Schedule, paused: ReadonlyMap<string, Pause>): Paused[] {
  return [id, engine].flatMap(target => {
    const pause = paused.get(target)
    return pause === undefined ? [] : { target, ...pause }
  })
}

/** The next slot of a schedule, epoch ms; null where its grid has no more. */
export function upcoming({ grid }: Schedule): number | null {
  try {
    return nextSlot(grid, Date.now())
  } catch {
    return null
  }
}
