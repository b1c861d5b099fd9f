import type { Redis } from '../redis.ts'
import { countDue, parseEpochs } from './epochs.ts'
import type { Keys } from './keys.ts'
import { parseRun } from './ledger.ts'
import { VERDICTS, type Verdict } from './run.ts'

/** The sum of the books of one schedule over [from, to]; times in epoch ms. */
export interface Audit {
  schedule: string
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
  /** What should never be: slots that are due and past, and nobody says how they ended. */
  unaccounted: number
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
  window?: { from: number; to: number },
): Promise<Audit | null> {
  const now = Date.now()
  const [[, book], [, members]] = (await redis
    .multi()
    .hgetall(keys.books(schedule))
    .zrangebyscore(keys.runs(schedule), window?.from ?? `(${await watermark(redis, keys, schedule)}`, window?.to ?? now)
    .exec()) as [[null, Record<string, string>], [null, string[]]]
  if (book['closed'] === undefined) return null
  const closed = Number(book['closed'])
  const since = Number(book['since'] ?? closed)
  const epochs = parseEpochs(book['epochs'] ?? '')
  const found = tally(members)
  if (window !== undefined) {
    const from = Math.max(window.from, since + 1)
    const to = Math.min(window.to, now)
    const due = countDue(epochs, from - 1, to)
    const open = countDue(epochs, Math.max(closed, from - 1), to)
    const running = open - total(tally(members, slot => slot > closed))
    return report({ schedule, from, to, due, sums: found, running })
  }
  const open = countDue(epochs, closed, now)
  const sums = sumsOf(book)
  const due = Number(book['due'] ?? 0) + open
  const running = open - total(tally(members, slot => slot > closed))
  return report({ schedule, from: since + 1, to: now, due, sums, running })
}

async function watermark(redis: Redis, keys: Keys, schedule: string): Promise<string> {
  return (await redis.hget(keys.books(schedule), 'closed')) ?? '-inf'
}

function tally(members: readonly string[], counts: (slot: number) => boolean = () => true): Sums {
  const sums = sumsOf({})
  for (const run of members.flatMap(parseRun)) {
    if (counts(run.slot ?? 0)) sums[run.verdict] += run.count ?? 1
  }
  return sums
}

function sumsOf(book: Record<string, string>): Sums {
  const entries = VERDICTS.map(verdict => [verdict, Number(book[verdict] ?? 0)])
  return Object.fromEntries(entries) as Sums
}

function total(sums: Sums): number {
  return Object.values(sums).reduce((sum, count) => sum + count, 0)
}

function report(of: {
  schedule: string
  from: number
  to: number
  due: number
  sums: Sums
  running: number
}): Audit {
  const { schedule, from, to, due, sums, running } = of
  const { succeeded, failed, unknown, skipped, missed } = sums
  const accounted = total(sums) + running
  const engineStopped = sums['engine-stopped']
  return {
    ...{ schedule, from, to, due, succeeded, failed, unknown, engineStopped, skipped, missed },
    running,
    unaccounted: due - accounted,
  }
}
