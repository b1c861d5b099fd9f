import { nameOf } from '../process-name.ts'
import type { Redis } from '../redis.ts'
import { type Grid, slotAt } from '../slots.ts'
import { declaredSchedules } from './declared.ts'
import { countDue, parseEpochs } from './epochs.ts'
import type { Keys } from './keys.ts'
import { parseRun } from './ledger.ts'
import { markField, parseMark } from './mark.ts'
import { comparePlaces, filed, type Place } from './place.ts'
import type { Run } from './run.ts'

export interface Details {
  run: Run
  place: Place
  /** Where the runs before and after it stand, by time; null at the ends of the ledger. */
  previous: Place | null
  next: Place | null
}

/** Entries looked at for a neighbour: more cannot be read than are broken. */
const FEW = 10

/** The run of a slot, also of one within a long gap, or of a call by hand; null where there is none. */
export async function detailsOf(redis: Redis, keys: Keys, place: Place): Promise<Details | null> {
  const { key, schedule, manual } = place
  const runs = manual ? keys.manual(schedule) : keys.runs(schedule)
  const [exact] = await readEntries(redis, runs, place, 'zrevrangebyscore', key, key)
  const [earlier] =
    exact === undefined && !manual
      ? await readEntries(redis, runs, place, 'zrevrangebyscore', `(${key}`, '-inf')
      : []
  const gap = earlier !== undefined && (earlier.run.to ?? earlier.place.key) >= key ? earlier : null
  const found = exact ?? gap
  if (found === null) return null
  const { place: at } = found
  return { run: filed(found.run, at), place: at, ...(await neighbours(redis, keys, at)) }
}

async function neighbours(redis: Redis, keys: Keys, place: Place) {
  const { key, schedule } = place
  const each = [false, true].map(manual => ({
    of: { key, schedule, manual },
    runs: manual ? keys.manual(schedule) : keys.runs(schedule),
  }))
  const older = await Promise.all(
    each.map(({ of, runs }) => readEntries(redis, runs, of, 'zrevrangebyscore', key, '-inf')),
  )
  const newer = await Promise.all(
    each.map(({ of, runs }) => readEntries(redis, runs, of, 'zrangebyscore', key, '+inf')),
  )
  const sorted = (entries: typeof older) =>
    entries
      .flat()
      .map(({ place }) => place)
      .sort(comparePlaces)
  return {
    previous: sorted(older).find(other => comparePlaces(other, place) > 0) ?? null,
    next: sorted(newer).findLast(other => comparePlaces(other, place) < 0) ?? null,
  }
}

async function readEntries(
  redis: Redis,
  runs: string,
  of: Place,
  command: 'zrangebyscore' | 'zrevrangebyscore',
  begin: number | string,
  end: number | string,
) {
  const reply = await redis[command](runs, begin, end, 'WITHSCORES', 'LIMIT', 0, FEW)
  return reply.flatMap((json, index) => {
    if (index % 2 === 1) return []
    const place = { ...of, key: Number(reply[index + 1]) }
    return parseRun(json).map(run => ({ place, run }))
  })
}

/** Why there is no run at a place, for people. */
export async function whyNone(redis: Redis, keys: Keys, place: Place): Promise<string> {
  const { key, schedule, manual } = place
  const [declared, books, json, lease] = await Promise.all([
    declaredSchedules(redis, keys),
    redis.hgetall(keys.books(schedule)),
    redis.hget(keys.sent(schedule), markField(place)),
    redis.hgetall(keys.lease(schedule)),
  ])
  const grid = declared.get(schedule)?.schedule.grid
  if (grid === undefined && books.closed === undefined) return `There is no schedule ${schedule}`
  if (lease.key === String(key))
    return `It is held or in flight, at worker ${nameOf(lease.worker ?? '')}`
  const mark = parseMark(json)
  if (mark?.state === 'sent')
    return `Worker ${nameOf(mark.worker)} has sent it; how it ended is not known yet`
  if (mark !== null) return `Its attempts so far (${mark.attempts}) failed: there may be another`
  if (manual)
    return 'No call by hand that was asked at that time has ended, or it is kept no longer'
  const due = countDue(parseEpochs(books.epochs ?? ''), key - 1, key) > 0
  if (key > Date.now() && grid !== undefined && (due || isSlot(grid, key))) {
    return 'It is not due yet'
  }
  if (key <= Number(books.closed ?? 0)) {
    return key <= Number(books.since ?? 0)
      ? 'The books began later'
      : 'It is kept no longer, or was no slot of the schedule'
  }
  return due ? 'It is due, and has not ended yet' : 'That time is no slot of the schedule'
}

function isSlot(grid: Grid, at: number): boolean {
  try {
    return slotAt(grid, at) === at
  } catch {
    // Further than a cron pattern can be followed.
    return false
  }
}
