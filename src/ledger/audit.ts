import { answers, type Redis } from '../redis.ts'
import { countDue, type Epoch, parseEpochs } from './epochs.ts'
import type { Keys } from './keys.ts'
import { parseRun } from './ledger.ts'
import { type Run, VERDICTS, type Verdict } from './run.ts'

/** The sum of the books of one schedule over [from, to]; times in epoch ms. */
export interface Audit {
  schedule: string
  /** Later than asked for where the books, or the runs that are kept, begin later. */
  from: number
  to: number
  due: number
  succeeded: number
  failed: number
  unknown: number
  engineStopped: number
  skipped: number
  missed: number
  /** Due and not yet ended: held, in flight, to be tried again, or for the books to close. */
  running: number
  /**
   * What should never be: slots that are due and past, and nobody says how they ended. Negative
   * where verdicts stand that no slot asked for.
   */
  unaccounted: number
}

/** Slots in [from, to], epoch ms. */
export interface Window {
  from: number
  to: number
}

type Sums = Record<Verdict, number>

/**
 * The books since they were opened, from their sums; or those of a window, from the runs that are
 * kept. Null when there are no books.
 */
export async function audit(
  redis: Redis,
  keys: Keys,
  schedule: string,
  window?: Window,
): Promise<Audit | null> {
  const book = await (window === undefined
    ? readOpen(redis, keys, schedule)
    : readWindow(redis, keys, schedule, window))
  if (book === null) return null
  return window === undefined ? wholeBook(book) : excerpt(book, window)
}

interface Book {
  schedule: string
  now: number
  /** As they stand in the hash: times, sums. */
  fields: Record<string, string>
  since: number
  closed: number
  epochs: Epoch[]
  /** By slot, ascending. */
  runs: Run[]
  /** The oldest run that is kept. */
  oldest: number | null
}

/** Everything after the watermark. */
async function readOpen(redis: Redis, keys: Keys, schedule: string): Promise<Book | null> {
  const before = await redis.hget(keys.books(schedule), 'closed')
  if (before === null) return null
  // The watermark may have moved since: that only reads a little too much.
  return read(redis, keys, schedule, [`(${before}`, '+inf'], '-inf')
}

/** The window, and the run before it: that one may be a range that reaches into it. */
function readWindow(redis: Redis, keys: Keys, schedule: string, { from, to }: Window) {
  return read(redis, keys, schedule, [String(from), String(Math.min(to, Date.now()))], `(${from}`)
}

async function read(
  redis: Redis,
  keys: Keys,
  schedule: string,
  range: [string, string],
  before: string,
): Promise<Book | null> {
  const now = Date.now()
  const runs = keys.runs(schedule)
  const reading = redis
    .multi()
    .hgetall(keys.books(schedule))
    .zrevrangebyscore(runs, before, '-inf', 'LIMIT', 0, 1)
    .zrangebyscore(runs, ...range)
    .zrange(runs, '0', '0', 'WITHSCORES')
  type Reply = [Record<string, string>, string[], string[], string[]]
  const [fields, previous, found, oldest] = (await answers(reading)) as Reply
  if (fields.closed === undefined) return null
  const closed = Number(fields.closed)
  return {
    ...{ schedule, now, fields, closed },
    since: Number(fields.since ?? closed),
    epochs: parseEpochs(fields.epochs ?? ''),
    runs: [...previous, ...found].flatMap(parseRun),
    oldest: oldest[1] === undefined ? null : Number(oldest[1]),
  }
}

function wholeBook(book: Book): Audit {
  const { fields, since, closed, now } = book
  // A claim is made, and a slot can be skipped, a moment before it is due.
  const early = tally(book, slot => slot > Math.max(now, closed))
  const sums = sumsOf(verdict => Number(fields[verdict] ?? 0) - early[verdict])
  const { due, running } = open(book, closed, now)
  const to = Math.max(now, since)
  return report(book, { from: since + 1, to, due: Number(fields.due ?? 0) + due, sums, running })
}

function excerpt(book: Book, window: Window): Audit {
  const to = Math.min(window.to, book.now)
  const from = Math.max(window.from, begin(book, window.from))
  const sums = sumsOf(() => 0)
  for (const run of book.runs) sums[run.verdict] += within(book, run, from, to)
  const { running } = open(book, Math.max(book.closed, from - 1), to)
  const due = countDue(book.epochs, from - 1, to)
  return report(book, { from, to: Math.max(from, to), due, sums, running })
}

/** From when on the books can answer: what was due before and closed has been trimmed since. */
function begin({ since, closed, epochs, oldest }: Book, from: number): number {
  const opened = Math.max(since, epochs[0]?.from ?? since) + 1
  const kept = Math.min(oldest ?? closed + 1, closed + 1)
  return countDue(epochs, Math.max(from, opened) - 1, kept - 1) > 0 ? kept : opened
}

/** Slots due in (after, to] of which the watermark has passed none, and those that have no verdict. */
function open(book: Book, after: number, to: number): { due: number; running: number } {
  const due = countDue(book.epochs, after, to)
  const ended = book.runs.filter(({ slot }) => {
    return slot !== null && slot > after && slot <= to && countDue(book.epochs, slot - 1, slot) > 0
  })
  return { due, running: due - ended.length }
}

/** How many of its slots a run, or a range, has in [from, to]. */
function within({ epochs }: Book, run: Run, from: number, to: number): number {
  const { slot, count = 1, to: last = slot } = run
  if (slot === null || last === null || last < from || slot > to) return 0
  if (slot >= from && last <= to) return count
  return countDue(epochs, Math.max(slot, from) - 1, Math.min(last, to))
}

function tally({ runs }: Book, counts: (slot: number) => boolean): Sums {
  const counted = runs.filter(({ slot }) => slot !== null && counts(slot))
  return sumsOf(verdict =>
    counted.reduce((sum, run) => sum + (run.verdict === verdict ? (run.count ?? 1) : 0), 0),
  )
}

function sumsOf(count: (verdict: Verdict) => number): Sums {
  return Object.fromEntries(VERDICTS.map(verdict => [verdict, count(verdict)])) as Sums
}

function report(
  { schedule }: Book,
  of: Window & { due: number; sums: Sums; running: number },
): Audit {
  const { from, to, due, sums, running } = of
  const { succeeded, failed, unknown, skipped, missed } = sums
  const ended = VERDICTS.reduce((sum, verdict) => sum + sums[verdict], 0)
  const engineStopped = sums['engine-stopped']
  return {
    ...{ schedule, from, to, due, succeeded, failed, unknown, engineStopped, skipped, missed },
    ...{ running, unaccounted: due - ended - running },
  }
}
