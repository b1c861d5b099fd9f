import { type Epoch, parseEpochs } from '../ledger/epochs.ts'
import type { Keys } from '../ledger/keys.ts'
import { Mark } from '../ledger/mark.ts'
import type { Redis } from '../redis.ts'
import type { Standing } from './settlement.ts'

/** Recorded slots that one step looks at; the rest follow in the next step. */
export const STEP = 2000

/** What one round reads of a schedule. */
export interface Reading extends Standing {
  /** Marks of calls by hand, by the time asked: they are no slots. */
  manual: ReadonlyMap<number, Mark>
  /** Marks of calls that were under way when the clock was set back behind their slots. */
  carried: ReadonlyMap<number, Mark>
  /** Fields of marks that nobody needs any more: their slots have their verdict. */
  stale: readonly string[]
}

/** What all closing rests on; null where it was never written, or is lost or unreadable. */
export function bookOf(
  epochs: string | null | undefined,
  closed: string | null | undefined,
): { epochs: Epoch[]; closed: number } | null {
  const book = { epochs: parseEpochs(epochs ?? ''), closed: Number(closed ?? Number.NaN) }
  return book.epochs.length > 0 && Number.isSafeInteger(book.closed) ? book : null
}

/** How the books of a schedule stand at `now` (epoch ms); null where they are not open. */
export async function readStanding(
  redis: Redis,
  keys: Keys,
  schedule: string,
  now: number,
): Promise<Reading | null> {
  const fields = ['epochs', 'closed', 'lost']
  const [epochs, before, lost] = await redis.hmget(keys.books(schedule), ...fields)
  const book = bookOf(epochs, before)
  if (book === null) return null
  const { closed } = book
  const [found, marks, holder] = await Promise.all([
    redis.zrangebyscore(keys.runs(schedule), `(${closed}`, now, 'WITHSCORES', 'LIMIT', 0, STEP),
    redis.hgetall(keys.sent(schedule)),
    redis.hget(keys.lease(schedule), 'key'),
  ])
  const slots = [...marksOf(marks, /^\d+$/)]
  return {
    ...book,
    carried: new Map(slots.filter(([, mark]) => mark.carried)),
    recorded: found.filter((_, index) => index % 2 === 1).map(Number),
    marks: new Map(slots.filter(([, mark]) => !mark.carried)),
    manual: marksOf(marks, /^m\d+$/),
    stale: Object.keys(marks).filter(field => Number(field) <= closed),
    lost: Number(lost ?? 0) || 0,
    holding: holder == null || Number.isNaN(Number(holder)) ? null : Number(holder),
  }
}

function marksOf(fields: Record<string, string>, which: RegExp): Map<number, Mark> {
  const those = Object.entries(fields).filter(([field]) => which.test(field))
  return new Map(those.map(([field, json]) => [Number(field.replace('m', '')), parseMark(json)]))
}

/** A mark that cannot be read says at least that somebody began: it counts as sent, by nobody alive. */
function parseMark(json: string): Mark {
  const unreadable: Mark = {
    ...{ state: 'sent', token: '', worker: '', attempts: 1 },
    ...{ at: 0, reason: null, status: null },
  }
  try {
    return Mark.safeParse(JSON.parse(json)).data ?? unreadable
  } catch {
    return unreadable
  }
}
