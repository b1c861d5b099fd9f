import type { Schedule } from '../jobs.ts'
import type { Redis } from '../redis.ts'
import { isWhole } from '../whole-number.ts'
import type { Keys } from './keys.ts'
import type { Stats } from './ledger.ts'

/** One answer's numbers; times in epoch ms. */
export interface Point {
  /** The stream's own id, for reading on. */
  id: string
  engine: string
  at: number
  slot: number
  job: string
  stats: Stats
}

/** Points read from Redis at a time: few enough that nobody else has to wait for long. */
const PAGE = 200

/** The points of an engine from `since` (epoch ms) up to `last`, oldest first; the newest `limit`. */
export async function pointsSince(
  redis: Redis,
  keys: Keys,
  engine: string,
  { since, limit, last = '+' }: { since: number; limit: number; last?: string },
): Promise<Point[]> {
  const points: Point[] = []
  const oldest = String(Math.max(0, Math.ceil(since)))
  let newest = last
  while (points.length < limit) {
    const count = Math.min(PAGE, limit - points.length)
    const page = await redis.xrevrange(keys.stats(engine), newest, oldest, 'COUNT', count)
    points.push(...page.map(([id, fields]) => pointOf(engine, id, fields)))
    const end = page.at(-1)
    if (end === undefined || page.length < count) break
    newest = `(${end[0]}`
  }
  return points.reverse()
}

/** The points of an engine in [from, to], epoch ms or infinite, oldest first: read as they are taken. */
export async function* pointsBetween(
  redis: Redis,
  keys: Keys,
  engine: string,
  { from, to }: { from: number; to: number },
): AsyncGenerator<Point[]> {
  let oldest = String(Math.max(0, Math.ceil(from)))
  const newest = Number.isFinite(to) ? String(Math.max(0, Math.floor(to))) : '+'
  for (;;) {
    const page = await redis.xrange(keys.stats(engine), oldest, newest, 'COUNT', PAGE)
    const end = page.at(-1)
    if (end === undefined) return
    yield page.map(([id, fields]) => pointOf(engine, id, fields))
    if (page.length < PAGE) return
    oldest = `(${end[0]}`
  }
}

/** The id of an engine's newest point, to read on from; `0-0` before the first. */
export async function newestPoint(redis: Redis, keys: Keys, engine: string): Promise<string> {
  const [newest] = await redis.xrevrange(keys.stats(engine), '+', '-', 'COUNT', 1)
  return newest?.[0] ?? '0-0'
}

/**
 * Waits up to `ms` for points after the ids in `from` (by engine), at most 200 per engine, oldest
 * first. The connection is busy meanwhile.
 */
export async function pointsAfter(
  redis: Redis,
  keys: Keys,
  from: ReadonlyMap<string, string>,
  ms: number,
): Promise<Point[]> {
  const streams = [...from.keys()].map(engine => keys.stats(engine))
  const found = await redis.xread(
    ...(['COUNT', PAGE, 'BLOCK', ms, 'STREAMS'] as const),
    ...streams,
    ...from.values(),
  )
  const engines = new Map([...from.keys()].map(engine => [keys.stats(engine), engine]))
  return (found ?? [])
    .flatMap(([key, entries]) =>
      entries.map(([id, fields]) => pointOf(engines.get(key) ?? '', id, fields)),
    )
    .sort((a, b) => a.at - b.at)
}

/** Forgets points older than `age` ms; their number is bounded where they are written. */
export async function trimStats(
  redis: Redis,
  keys: Keys,
  schedules: readonly Schedule[],
  age: number,
): Promise<void> {
  const oldest = Date.now() - age
  for (const engine of new Set(schedules.map(schedule => schedule.engine))) {
    await redis.xtrim(keys.stats(engine), 'MINID', '~', oldest)
  }
}

/** The slot and the job come first; what follows is the engine's own, whatever its names are. */
function pointOf(engine: string, id: string, fields: readonly string[]): Point {
  const at = Number(id.split('-')[0])
  const [, slot, , job = ''] = fields
  const stats: [string, Value][] = []
  for (let index = 4; index + 1 < fields.length; index += 2) {
    stats.push([fields[index] as string, parse(fields[index + 1] as string)])
  }
  return { id, engine, at, slot: Number(slot ?? at), job, stats: Object.fromEntries(stats) }
}

type Value = Stats[string]

function parse(json: string): Value {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'number' && !Number.isSafeInteger(value) && isWhole(json)) return json
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
    return typeof value === 'string' ? value : json
  } catch {
    return json
  }
}
