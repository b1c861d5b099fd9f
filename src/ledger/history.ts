import { answers, type Redis } from '../redis.ts'
import { type BackwardsQuery, backwards, type Found } from './backwards.ts'
import type { Keys } from './keys.ts'
import type { Place } from './place.ts'
import type { Run } from './run.ts'

type Filters = Pick<BackwardsQuery, 'schedules' | 'from' | 'to' | 'mayFit' | 'fits'>

export interface HistoryQuery extends Filters {
  /** At most so many, the newest. */
  limit: number
  /** Is all counted that lies in the window, whatever it is? */
  everything: boolean
}

export interface Newest {
  /** Oldest first. */
  runs: Run[]
  /** Older ones that fit and are left out. */
  more: number
  /** Can there be more of them? */
  atLeast: boolean
}

/** Entries looked at to count what is left out. */
const COUNTED = 10_000

/** The newest runs that fit. Memory is bounded by the limit. */
export async function newestRuns(redis: Redis, keys: Keys, query: HistoryQuery): Promise<Newest> {
  const { limit, everything, ...rest } = query
  const runs: Run[] = []
  let [more, after] = [0, 0]
  const newest = (atLeast: boolean) => ({ runs: runs.reverse(), more, atLeast })
  const all = { ...rest, after: null, hint: Math.min(limit, HINT) }
  for await (const { found, reached, scanned } of backwards(redis, keys, all)) {
    const room = limit - runs.length
    for (const { run } of found.slice(0, room)) runs.push(run)
    more += Math.max(0, found.length - room)
    if (runs.length < limit) continue
    if (everything) {
      more = Math.max(more, (await countRuns(redis, keys, rest)) - runs.length)
      return newest(false)
    }
    after += scanned
    if (after >= COUNTED && reached !== null) return newest(true)
  }
  return newest(false)
}

/** Records of the schedules in a window. */
async function countRuns(
  redis: Redis,
  keys: Keys,
  { schedules, from, to }: Pick<HistoryQuery, 'schedules' | 'from' | 'to'>,
): Promise<number> {
  const commands = redis.pipeline()
  for (const id of schedules) {
    for (const key of [keys.runs(id), keys.manual(id)]) {
      commands.zcount(key, from ?? '-inf', to ?? '+inf')
    }
  }
  return (await answers<number>(commands)).reduce((sum, count) => sum + count, 0)
}

/** Runs read at first, at most. */
const HINT = 1000

export type PageQuery = Omit<BackwardsQuery, 'hint'> & {
  limit: number
  /** About how many entries are looked at; 100,000 unless it is said. */
  most?: number
}

export interface Page {
  found: Found[]
  /** Where the next page begins; null at the end of the ledger. */
  next: Place | null
  /** How far back was looked, epoch ms; null at the end. */
  searchedTo: number | null
}

/** Up to `limit` runs that fit, newest first; fewer, or none, where many do not. */
export async function pageOfRuns(redis: Redis, keys: Keys, query: PageQuery): Promise<Page> {
  const { limit, most = 100_000, ...rest } = query
  const page: Found[] = []
  let scanned = 0
  for await (const step of backwards(redis, keys, { ...rest, hint: limit })) {
    page.push(...step.found)
    scanned += step.scanned
    if (page.length > limit) return pageUpTo(page.slice(0, limit), page[limit - 1]?.place ?? null)
    if (scanned >= most) return pageUpTo(page, step.reached)
  }
  return pageUpTo(page, null)
}

function pageUpTo(found: readonly Found[], next: Place | null): Page {
  return { found: [...found], next, searchedTo: next?.key ?? null }
}

/** A prefilter for runs that ended in one of `verdicts`, for one of `reasons`; null for any. */
export function mayHaveEnded(
  verdicts: ReadonlySet<string> | null,
  reasons: ReadonlySet<string> | null = null,
): (json: string) => boolean {
  const [ended, why] = [texts('verdict', verdicts), texts('reason', reasons)]
  const has = (json: string, any: readonly string[] | null) =>
    any === null || any.some(text => json.includes(text))
  return json => has(json, ended) && has(json, why)
}

function texts(key: string, values: ReadonlySet<string> | null): string[] | null {
  return values && [...values].map(value => `"${key}":${JSON.stringify(value)}`)
}
