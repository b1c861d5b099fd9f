import { answers, type Redis } from '../redis.ts'
import type { Keys } from './keys.ts'
import { parseRun } from './ledger.ts'
import { comparePlaces, filed, type Place } from './place.ts'
import type { Run } from './run.ts'

export interface BackwardsQuery {
  /** Ids. */
  schedules: readonly string[]
  /** Slots in [from, to], epoch ms; null for no bound. A gap counts that reaches into it. */
  from: number | null
  to: number | null
  /** Begins behind this. */
  after: Place | null
  /** About how many are wanted. */
  hint: number
  /** Says of a run's JSON, before it is read, whether it can fit. */
  mayFit: (json: string) => boolean
  fits: (run: Run) => boolean
}

export interface Found {
  place: Place
  run: Run
}

/** What one round trip brought. */
export interface Step {
  /** What fits, newest first; with the steps before, all there is down to `reached`. */
  found: Found[]
  /** Null at the end of the ledger. */
  reached: Place | null
  /** Entries looked at, fitting or not. */
  scanned: number
}

/** One sorted set on its way back; `read` is how far it is known, and `span` what the last reading covered. */
interface Source {
  redisKey: string
  of: Omit<Place, 'key'>
  newest: string
  count: number
  read: number
  span: number
}

/** Entries read from one set at a time, at least and at most. */
const FEW = 4
const MANY = 1000
/** Entries of one round trip, about: what is read of more keeps `up` from its slots. */
const ALL = 2000

/**
 * The runs of many schedules as one ledger, from its new end, calls by hand among the slots. The
 * sets are read in step, so that none is read much further than is wanted.
 */
export async function* backwards(
  redis: Redis,
  keys: Keys,
  query: BackwardsQuery,
): AsyncGenerator<Step> {
  const { schedules, hint } = query
  const count = Math.min(Math.max(Math.ceil(hint / Math.max(schedules.length, 1)), FEW), MANY)
  let sources = schedules.flatMap(schedule => [
    sourceOf(query, { schedule, manual: false }, keys.runs(schedule), count),
    sourceOf(query, { schedule, manual: true }, keys.manual(schedule), count),
  ])
  let waiting: Found[] = []
  while (sources.length > 0) {
    const { found, scanned, ended } = await read(redis, furthestBehind(sources), query)
    sources = sources.filter(source => !ended.has(source))
    const [reached = null] = sources
      .map(({ read, of }) => ({ key: read, ...of }))
      .sort(comparePlaces)
    const isSure = ({ place }: Found) => reached === null || comparePlaces(place, reached) <= 0
    const all = [...waiting, ...found].sort((a, b) => comparePlaces(a.place, b.place))
    waiting = all.filter(one => !isSure(one))
    yield { found: all.filter(isSure), reached, scanned }
  }
}

function sourceOf(
  { after, to }: BackwardsQuery,
  of: Source['of'],
  redisKey: string,
  count: number,
): Source {
  const start = to ?? Number.POSITIVE_INFINITY
  const source = { redisKey, of, count, read: Number.POSITIVE_INFINITY, span: 0 }
  if (after === null || start < after.key) return { ...source, newest: bound(start) }
  const passed = comparePlaces({ key: after.key, ...of }, after) <= 0
  return { ...source, newest: `${passed ? '(' : ''}${after.key}` }
}

/** Those that the others wait for: now, or after the next reading of the last of them. */
function furthestBehind(sources: readonly Source[]): Source[] {
  const last = sources.reduce((last, source) => (source.read > last.read ? source : last))
  // The next reading is twice as long.
  const reach = last.span === 0 ? last.read : last.read - 2 * last.span
  return sources.filter(({ read }) => read >= reach)
}

/** Reads on in each of `sources`, and moves them; `ended` has those that have no more. */
async function read(redis: Redis, sources: readonly Source[], query: BackwardsQuery) {
  const { from, after } = query
  const oldest = bound(from ?? Number.NEGATIVE_INFINITY)
  const commands = redis.pipeline()
  const most = Math.max(FEW, Math.floor(ALL / sources.length))
  for (const source of sources) {
    source.count = Math.min(source.count, most)
    const { redisKey, newest, count } = source
    commands.zrevrangebyscore(redisKey, newest, oldest, 'WITHSCORES', 'LIMIT', 0, count)
  }
  const ended = new Set<Source>()
  const found: Found[] = []
  let scanned = 0
  const replies = await answers<string[]>(commands)
  for (const [index, source] of sources.entries()) {
    const entries = pairs(replies[index] ?? [])
    scanned += entries.length
    found.push(...entries.flatMap(entry => fitting(source, entry, query)))
    if (entries.length < source.count) ended.add(source)
    const [first, last] = [entries[0], entries.at(-1)]
    if (first === undefined || last === undefined) continue
    source.span = first.key - last.key
    source.read = last.key
    source.newest = `(${last.key}`
    source.count = Math.min(source.count * 2, MANY)
  }
  if (from === null) return { found, scanned, ended }
  // A gap that began earlier may reach beyond.
  const slots = [...ended].filter(({ of }) => !of.manual)
  const earlier = redis.pipeline()
  for (const { redisKey } of slots) {
    earlier.zrevrangebyscore(redisKey, `(${from}`, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  }
  const gaps = slots.length === 0 ? [] : await answers<string[]>(earlier)
  for (const [index, source] of slots.entries()) {
    const those = pairs(gaps[index] ?? []).flatMap(entry => fitting(source, entry, query))
    const isNew = ({ place }: Found) => after === null || comparePlaces(place, after) > 0
    found.push(...those.filter(one => (one.run.to ?? from - 1) >= from && isNew(one)))
  }
  return { found, scanned, ended }
}

function pairs(reply: readonly string[]): { json: string; key: number }[] {
  return reply.flatMap((json, index) =>
    index % 2 === 0 ? [{ json, key: Number(reply[index + 1]) }] : [],
  )
}

/** Nothing where it cannot be read, or is filed under another schedule. */
function fitting(
  { of }: Source,
  { json, key }: { json: string; key: number },
  { mayFit, fits }: BackwardsQuery,
): Found[] {
  if (!mayFit(json)) return []
  const place = { key, ...of }
  return parseRun(json).flatMap(run => (fits(run) ? [{ place, run: filed(run, place) }] : []))
}

function bound(key: number): string {
  if (Number.isFinite(key)) return String(key)
  return key > 0 ? '+inf' : '-inf'
}
