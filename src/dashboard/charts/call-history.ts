import type { Keys } from '../../ledger/keys.ts'
import { parseRun } from '../../ledger/ledger.ts'
import type { Redis } from '../../redis.ts'
import { garbageAs } from '../live/replies.ts'
import type { News, Page, Source } from './history.ts'
import type { Row } from './timeline.ts'

/** Runs read from Redis at a time: few enough that nobody else has to wait for long. */
const PAGE = 500

/**
 * Lateness and duration of a schedule's runs, by slot. Below the books' watermark a run stays as it
 * is; above it runs are still written, in any order, so they are read again.
 */
export function callSource(redis: Redis, keys: Keys, schedule: string): Source {
  const key = keys.runs(schedule)

  /** What is no sorted set has no runs. */
  const none = garbageAs<string[]>([])

  async function newer(newest: string | null, known: number): Promise<News> {
    // The watermark first: what is written after it is read below.
    const [closed, head, tail] = await Promise.all([
      redis.hget(keys.books(schedule), 'closed').catch(garbageAs(null)),
      redis.zrange(key, '0', '0', 'WITHSCORES').catch(none),
      redis.zrevrange(key, 0, 0, 'WITHSCORES').catch(none),
    ])
    const last = tail[1] === undefined ? Number.NEGATIVE_INFINITY : Number(tail[1])
    const lost = last === Number.NEGATIVE_INFINITY || last < known
    const first = head[1] === undefined ? Number.POSITIVE_INFINITY : Number(head[1])
    const next = last === Number.NEGATIVE_INFINITY ? null : (closed ?? String(last))
    if (newest === null || lost) {
      const page = await backwards('+inf')
      return { lost, first, after: Number.POSITIVE_INFINITY, ...page, newest: next }
    }
    const rows: Row[] = []
    let reached = newest
    for (;;) {
      const reply = await redis
        .zrangebyscore(key, `(${reached}`, '+inf', 'WITHSCORES', 'LIMIT', 0, PAGE)
        .catch(none)
      rows.push(...rowsOf(reply))
      reached = reply.at(-1) ?? reached
      if (reply.length < 2 * PAGE) break
    }
    return { lost, first, after: Number(newest), rows, oldest: null, newest: next }
  }

  async function backwards(newest: string): Promise<Page> {
    const reply = await redis
      .zrevrangebyscore(key, newest, '-inf', 'WITHSCORES', 'LIMIT', 0, PAGE)
      .catch(none)
    const end = reply.at(-1)
    return {
      rows: rowsOf(reply).reverse(),
      oldest: end === undefined || reply.length < 2 * PAGE ? null : end,
    }
  }

  return { newer, older: oldest => backwards(`(${oldest}`) }
}

/** What cannot be read is passed over; what was not called has no numbers, and is a gap in a chart. */
function rowsOf(reply: readonly string[]): Row[] {
  const rows: Row[] = []
  for (let index = 0; index + 1 < reply.length; index += 2) {
    const [run] = parseRun(reply[index] as string)
    if (run === undefined) continue
    const { latenessMs, durationMs } = run
    const values: [string, number][] = []
    if (latenessMs !== null) values.push(['latenessMs', latenessMs])
    if (durationMs !== null) values.push(['durationMs', durationMs])
    rows.push({ at: Number(reply[index + 1]), values })
  }
  return rows
}
