import type { Redis } from '../redis.ts'
import type { Keys } from './keys.ts'
import { parseRun } from './ledger.ts'
import type { Run } from './run.ts'

export interface HistoryQuery {
  /** Ids. */
  schedules: readonly string[]
  /** Oldest slot, epoch ms; null for no bound. */
  since: number | null
  /** At most so many, the newest. */
  limit: number
  fits: (run: Run) => boolean
}

interface Entry {
  /** The slot, or when a call by hand was asked. */
  key: number
  /** Null where it cannot be read. */
  run: Run | null
}

/** Entries read from Redis at a time; the first time no more than are asked for. */
const PAGE = 500
/** Sorted sets read at the same time. */
const LANES = 8

/**
 * The newest runs that fit, oldest first. The ledgers are read from their new ends, page by page,
 * and each only as far back as the newest `limit` found so far reach: memory is bounded by the limit.
 */
export async function newestRuns(redis: Redis, keys: Keys, query: HistoryQuery): Promise<Run[]> {
  const { schedules, since, limit, fits } = query
  let found: { key: number; run: Run }[] = []
  let floor = since ?? Number.NEGATIVE_INFINITY
  const sources = schedules.flatMap(id => [keys.runs(id), keys.manual(id)]).values()

  const keepNewest = () => {
    found = found.sort((a, b) => b.key - a.key).slice(0, limit)
    if (found.length === limit) floor = Math.max(floor, found.at(-1)?.key ?? floor)
  }

  const add = (entries: readonly Entry[]) => {
    for (const { key, run } of entries) if (run !== null && fits(run)) found.push({ key, run })
    if (found.length >= limit * 1.25) keepNewest()
  }

  const read = async (source: string) => {
    let count = Math.min(PAGE, limit)
    let newest = '+inf'
    for (;;) {
      const entries = await entriesOf(redis, source, newest, bound(floor), count)
      add(entries)
      const last = entries.at(-1)
      if (last === undefined || entries.length < count) break
      newest = `(${last.key}`
      count = PAGE
    }
    if (since === null || floor > since) return
    // A gap that began earlier may reach beyond.
    const before = await entriesOf(redis, source, `(${since}`, '-inf', 1)
    add(before.filter(({ run }) => (run?.to ?? since - 1) >= since))
  }

  const lane = async () => {
    for (const source of sources) await read(source)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  keepNewest()
  return found.reverse().map(({ run }) => run)
}

async function entriesOf(
  redis: Redis,
  source: string,
  newest: string,
  oldest: string,
  count: number,
): Promise<Entry[]> {
  const reply = await redis.zrevrangebyscore(
    ...([source, newest, oldest, 'WITHSCORES', 'LIMIT', 0, count] as const),
  )
  const entries: Entry[] = []
  for (let index = 0; index + 1 < reply.length; index += 2) {
    const [run = null] = parseRun(reply[index] as string)
    entries.push({ key: Number(reply[index + 1]), run })
  }
  return entries
}

function bound(key: number): string {
  return Number.isFinite(key) ? String(key) : '-inf'
}
