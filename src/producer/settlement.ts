import { dueIn, type Epoch } from '../ledger/epochs.ts'
import type { Mark } from '../ledger/mark.ts'
import type { Verdict } from '../ledger/run.ts'

/** What the books know of a schedule when they are closed; times in epoch ms. */
export interface Standing {
  epochs: readonly Epoch[]
  /** All slots up to here have their verdict. */
  closed: number
  /** Slots after `closed` that have a verdict, ascending. */
  recorded: readonly number[]
  /** Marks of calls that have no verdict yet, by slot. */
  marks: ReadonlyMap<number, Mark>
  /** The slot that holds the lease, if one does. */
  holding: number | null
  /** Up to here Redis has lost what was recorded; 0 if it never has. */
  lost: number
}

/** A verdict that nobody else will write: for one slot, or for a long gap. */
export interface Closing {
  from: number
  to: number
  count: number
  verdict: Extract<Verdict, 'missed' | 'unknown' | 'failed'>
  mark: Mark | null
}

export interface Settlement {
  /** The new watermark. */
  closed: number
  /** Slots that were due between the old watermark and the new one. */
  due: number
  closings: Closing[]
}

/** A gap longer than this is one counted range, not a record per slot. */
const LONG_GAP = 60
/** Closings in one step; the rest follow in the next. */
const MOST = 1000

/**
 * Decides what became of the slots up to `upTo` (epoch ms: nobody may start them any more). A slot
 * without a trace was missed; where traces were lost it is unknown. One that was sent is unknown
 * once `isOver(mark)` says that its worker will not answer for it; until then the watermark waits
 * there, as it does at the lease's holder.
 * An attempt that surely had no effect, and was not repeated in time, is failed.
 */
export function settle(
  standing: Standing,
  upTo: number,
  isOver: (mark: Mark, slot: number) => boolean,
): Settlement {
  const { epochs, closed, recorded, marks, holding, lost } = standing
  const done = new Set(recorded)
  const open = [...marks].filter(([slot]) => slot > closed && !done.has(slot))
  const waiting = open.filter(([slot, mark]) => slot === holding || !isOver(mark, slot))
  const blockers = waiting.map(([slot]) => slot)
  if (holding !== null && holding > closed && !done.has(holding)) blockers.push(holding)
  const due = dueIn(epochs, closed, Math.min(upTo, ...blockers.map(slot => slot - 1)))
  const end = due.upTo
  const closings: Closing[] = open
    .filter(([slot]) => slot <= end)
    .map(([slot, mark]) => ({
      from: slot,
      to: slot,
      count: 1,
      verdict: mark.state === 'sent' ? 'unknown' : 'failed',
      mark,
    }))
  const known = [...recorded.filter(slot => slot <= end), ...closings.map(({ from }) => from)]
  known.sort((a, b) => a - b)
  const silent = Math.min(Math.max(lost, closed), end)
  closings.push(...gaps(epochs, closed, silent, known, 'unknown'))
  closings.push(...gaps(epochs, silent, end, known, 'missed'))
  closings.sort((a, b) => a.from - b.from)
  const last = closings[MOST - 1]
  if (last !== undefined && last.to < end) return settle(standing, last.to, isOver)
  return {
    closed: Math.max(end, closed),
    due: due.stretches.reduce((sum, { count }) => sum + count, 0),
    closings,
  }
}

function gaps(
  epochs: readonly Epoch[],
  after: number,
  upTo: number,
  known: readonly number[],
  verdict: 'missed' | 'unknown',
): Closing[] {
  const found: Closing[] = []
  const inside = known.filter(slot => slot > after && slot <= upTo)
  let start = after
  for (const slot of [...inside, upTo + 1]) {
    for (const { from, to, count } of dueIn(epochs, start, slot - 1).stretches) {
      if (count > LONG_GAP) {
        found.push({ from, to, count, verdict, mark: null })
        continue
      }
      for (let next = from - 1; next < to; ) {
        const [one] = dueIn(epochs, next, to).stretches.flatMap(stretch => stretch.from)
        if (one === undefined) break
        found.push({ from: one, to: one, count: 1, verdict, mark: null })
        next = one
      }
    }
    start = Math.max(start, slot)
  }
  return found
}
