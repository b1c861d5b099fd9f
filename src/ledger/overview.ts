import type { Schedule } from '../jobs.ts'
import type { Redis } from '../redis.ts'
import { nextSlot } from '../slots.ts'
import type { Keys } from './keys.ts'
import { parseRun } from './ledger.ts'
import { Mark } from './mark.ts'
import { type Pause, pauses } from './pauses.ts'
import type { Run } from './run.ts'

/** How a schedule stands; times in epoch ms, durations in ms. */
export interface Overview {
  schedule: Schedule
  /** Null where its grid has no more slots. */
  next: number | null
  last: Run | null
  flight: Flight | null
  /** Its own pause, and its engine's. */
  paused: (Pause & { target: string })[]
  /** Of the last runs: how many these are, and what they say; null where none says anything. */
  recent: number
  latenessP50: number | null
  latenessP99: number | null
  /** Share that succeeded, from 0 to 1; what was skipped while paused does not count. */
  successRate: number | null
}

/** Who holds the lease. */
export interface Flight {
  /** The slot, or when a call by hand was asked. */
  key: number
  worker: string
  fence: number
  /** When the request went out; null while it is held until its slot. */
  since: number | null
  /** The call was given up and the engine may still be executing it: nobody calls before `until`. */
  settling: boolean
  /** When the lease expires at the latest. */
  until: number
}

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
  const { id, engine, grid } = schedule
  const [members, lease, left, marks] = await Promise.all([
    redis.zrevrange(keys.runs(id), 0, RECENT - 1),
    redis.hgetall(keys.lease(id)),
    redis.pttl(keys.lease(id)),
    redis.hgetall(keys.sent(id)),
  ])
  const runs = members.flatMap(parseRun)
  const late = runs.flatMap(({ latenessMs }) => latenessMs ?? []).sort((a, b) => a - b)
  const counted = runs.filter(({ reason }) => reason !== 'paused')
  const succeeded = counted.filter(({ verdict }) => verdict === 'succeeded')
  return {
    schedule,
    next: upcoming(grid),
    last: runs[0] ?? null,
    flight: flightOf(lease, left, marks),
    paused: [id, engine].flatMap(target => {
      const pause = paused.get(target)
      return pause === undefined ? [] : { target, ...pause }
    }),
    recent: runs.length,
    latenessP50: percentile(late, 50),
    latenessP99: percentile(late, 99),
    successRate: counted.length === 0 ? null : succeeded.length / counted.length,
  }
}

function flightOf(
  lease: Record<string, string>,
  left: number,
  marks: Record<string, string>,
): Flight | null {
  const { token, worker = '', key = '0', fence = '0' } = lease
  if (token === undefined || left < 0) return null
  const mark = [marks[key], marks[`m${key}`]].map(parseMark).find(mark => mark?.token === token)
  const now = Date.now()
  const slot = Number(key)
  // The mark is left a moment before the slot, and its call waits for the slot.
  const since = mark?.state === 'sent' && now >= slot ? Math.max(mark.at, slot) : null
  return {
    key: slot,
    worker,
    fence: Number(fence),
    since,
    // The mark goes with the verdict, while the lease of an unknown one is kept.
    settling: since === null && slot + SETTLED < now,
    until: now + left,
  }
}

/** A call that is to be made has begun this long after its slot, ms. */
const SETTLED = 2000

function parseMark(json: string | undefined): Mark | null {
  try {
    return Mark.safeParse(JSON.parse(json ?? 'null')).data ?? null
  } catch {
    return null
  }
}

function upcoming(grid: Schedule['grid']): number | null {
  try {
    return nextSlot(grid, Date.now())
  } catch {
    return null
  }
}

/** The smallest value that `percent` of the sorted ones do not exceed. */
function percentile(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? null
}
