import type { Schedule } from '../jobs.ts'
import type { Redis } from '../redis.ts'
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

/** Points read from Redis at a time. */
const PAGE = 1000

/** The points of an engine from `since` (epoch ms) on, oldest first; at most the newest `limit`. */
export async function pointsSince(
  redis: Redis,
  keys: Keys,
  engine: string,
  since: number,
  limit: number,
): Promise<Point[]> {
  const entries = await redis.xrevrange(keys.stats(engine), '+', String(since), 'COUNT', limit)
  return entries.reverse().map(([id, fields]) => pointOf(engine, id, fields))
}

/** The points after the one with `id`, oldest first, at most a thousand. */
export async function pointsAfter(
  redis: Redis,
  keys: Keys,
  engine: string,
  id: string,
): Promise<Point[]> {
  const entries = await redis.xrange(keys.stats(engine), `(${id}`, '+', 'COUNT', PAGE)
  return entries.map(([found, fields]) => pointOf(engine, found, fields))
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

function pointOf(engine: string, id: string, fields: readonly string[]): Point {
  const values = new Map<string, string>()
  for (let index = 0; index + 1 < fields.length; index += 2) {
    values.set(fields[index] as string, fields[index + 1] as string)
  }
  const at = Number(id.split('-')[0])
  const slot = Number(values.get('slot') ?? at)
  const job = values.get('job') ?? ''
  values.delete('slot')
  values.delete('job')
  const stats = Object.fromEntries([...values].map(([name, value]) => [name, valueOf(value)]))
  return { id, engine, at, slot, job, stats }
}

function valueOf(json: string): string | number | boolean | null {
  try {
    const value: unknown = JSON.parse(json)
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
    return String(value)
  } catch {
    return json
  }
}
