import type { Keys } from '../../ledger/keys.ts'
import type { Redis } from '../../redis.ts'
import { isWhole } from '../../whole-number.ts'
import { garbageAs } from '../live/replies.ts'
import type { News, Page, Source } from './history.ts'
import type { Exact } from './parts.ts'
import type { Row } from './timeline.ts'

/** Entries read from Redis at a time: few enough that nobody else has to wait for long. */
const PAGE = 250
/** Characters of a field's name at most. */
const NAME = 100

type Entry = [id: string, fields: string[]]

/** The numbers of an engine's stream; what is neither a number, a boolean nor a text of digits is left out. */
export function statsSource(redis: Redis, keys: Keys, engine: string): Source {
  const key = keys.stats(engine)

  /** What is no stream has no entries. */
  const forwards = (from: string, count: number): Promise<Entry[]> =>
    redis.xrange(key, from, '+', 'COUNT', count).catch(garbageAs<Entry[]>([]))
  const backwards = (from: string, count: number): Promise<Entry[]> =>
    redis.xrevrange(key, from, '-', 'COUNT', count).catch(garbageAs<Entry[]>([]))

  async function newer(newest: string | null, known: number): Promise<News> {
    const [first, last] = await Promise.all([forwards('-', 1), backwards('+', 1)])
    const lost = last[0] === undefined || timeOf(last[0]) < known
    const oldest = first[0] === undefined ? Number.POSITIVE_INFINITY : timeOf(first[0])
    const after = Number.POSITIVE_INFINITY
    if (newest === null || lost) {
      const page = await backwards('+', PAGE)
      page.reverse()
      const [begin] = page
      const end = page.at(-1)
      return {
        ...{ lost, first: oldest, after, rows: page.map(rowOf) },
        oldest: begin === undefined || page.length < PAGE ? null : begin[0],
        newest: end?.[0] ?? null,
      }
    }
    const rows: Row[] = []
    let reached = newest
    for (;;) {
      const page = await forwards(`(${reached}`, PAGE)
      rows.push(...page.map(rowOf))
      reached = page.at(-1)?.[0] ?? reached
      if (page.length < PAGE) break
    }
    return { lost, first: oldest, after, rows, oldest: null, newest: reached }
  }

  async function older(oldest: string): Promise<Page> {
    const page = await backwards(`(${oldest}`, PAGE)
    const end = page.at(-1)
    return {
      rows: page.reverse().map(rowOf),
      oldest: end === undefined || page.length < PAGE ? null : end[0],
    }
  }

  return { newer, older }
}

/** The slot and the job come first; what follows is the engine's own, as JSON. */
function rowOf(entry: Entry): Row {
  const [, fields] = entry
  const values: [string, Exact][] = []
  for (let index = 4; index + 1 < fields.length; index += 2) {
    const value = numberOf(fields[index + 1] as string)
    if (value === null) continue
    const name = fields[index] as string
    if (name.length <= NAME && !name.includes(',')) values.push([name, value])
  }
  return { at: timeOf(entry), values }
}

/** Of a number, a boolean or digits in JSON; null for anything else. Most of a page are others: no parser. */
function numberOf(json: string): Exact | null {
  if (json === 'true') return 1
  if (json === 'false') return 0
  if (!/^"?-?\d/.test(json)) return null
  const text = json.startsWith('"') ? json.slice(1, -1) : json
  const value = Number(text)
  if (isWhole(text)) return Number.isSafeInteger(value) ? value : text
  return text === json && Number.isFinite(value) ? value : null
}

function timeOf([id]: Entry): number {
  return Number(id.split('-', 1)[0])
}
