import type { Keys } from '../../ledger/keys.ts'
import { type Point, pointsBetween, pointsSince } from '../../ledger/stats.ts'
import type { Redis } from '../../redis.ts'
import { statsSheet } from '../../stats-sheet.ts'
import type { History } from './history.ts'

export interface StatsExport {
  redis: Redis
  keys: Keys
  engine: string
  format: 'csv' | 'ndjson'
  /** Epoch ms, or infinite. */
  from: number
  to: number
  /** Null for all that an answer has. */
  fields: readonly string[] | null
  /** Fields that are known to stand in some point. */
  known: readonly string[]
}

/**
 * Every point of a window, oldest first, as a stream that is read no faster than it is taken.
 * Rejects when Redis does not answer; when it ends on the way, so does the stream, with an error.
 */
export async function statsExport(asked: StatsExport): Promise<ReadableStream> {
  const { redis, keys, engine, format, from, to, fields } = asked
  const columns = format === 'csv' ? (fields ?? (await columnsOf(asked))) : undefined
  const print = statsSheet(format, () => {}, { chosen: columns })
  const pages = pointsBetween(redis, keys, engine, { from, to })
  const first = await pages.next()
  const encoder = new TextEncoder()
  const lines = (points: readonly Point[]) =>
    encoder.encode(print(points.map(point => narrowed(point, fields))))
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(lines(first.value ?? []))
    },
    async pull(controller) {
      const { value, done } = await pages.next()
      if (done) controller.close()
      else controller.enqueue(lines(value))
    },
    async cancel() {
      await pages.return(undefined)
    },
  })
}

/** A table's columns stand in its first line: those of its ends, and what is known of the rest. */
async function columnsOf({ redis, keys, engine, from, to, known }: StatsExport): Promise<string[]> {
  const last = Number.isFinite(to) ? String(Math.max(0, Math.floor(to))) : '+'
  const window = { since: from, limit: 1, last }
  const newest = await pointsSince(redis, keys, engine, window)
  const oldest = await pointsBetween(redis, keys, engine, { from, to }).next()
  const ends = [...newest, ...(oldest.value ?? [])]
  return [...new Set([...ends.flatMap(({ stats }) => Object.keys(stats)), ...known])]
}

/** What the charts of an engine have read so far. */
export function knownFields({ timeline }: History): string[] {
  return [...timeline.window(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY).columns.keys()]
}

function narrowed(point: Point, fields: readonly string[] | null): Point {
  if (fields === null) return point
  const own = fields.filter(name => Object.hasOwn(point.stats, name))
  return { ...point, stats: Object.fromEntries(own.map(name => [name, point.stats[name] ?? null])) }
}
