import type { Redis } from '../redis.ts'
import { type BackwardsQuery, backwards, type Found } from './backwards.ts'
import type { Keys } from './keys.ts'
import type { Place } from './place.ts'
import type { Run } from './run.ts'

export interface HistoryQuery extends Pick<BackwardsQuery, 'schedules' | 'mayFit' | 'fits'> {
  /** Oldest slot, epoch ms; null for no bound. */
  since: number | null
  /** At most so many, the newest. */
  limit: number
}

/** The newest runs that fit, oldest first. Memory is bounded by the limit. */
export async function newestRuns(redis: Redis, keys: Keys, query: HistoryQuery): Promise<Run[]> {
  const { since, limit, ...rest } = query
  const all = { ...rest, from: since, to: null, after: null, hint: limit }
  const runs: Run[] = []
  for await (const { found } of backwards(redis, keys, all)) {
    for (const { run } of found) if (runs.length < limit) runs.push(run)
    if (runs.length >= limit) break
  }
  return runs.reverse()
}

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

/** A prefilter for runs that ended in one of `verdicts`; null for any. */
export function mayHaveEnded(verdicts: ReadonlySet<string> | null): (json: string) => boolean {
  if (verdicts === null) return () => true
  const texts = [...verdicts].map(verdict => `"verdict":"${verdict}"`)
  return json => texts.some(text => json.includes(text))
}
