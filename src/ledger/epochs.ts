import { z } from 'zod'
import { Grid, nextSlot, slotAt, slotsBetween } from '../slots.ts'

/**
 * A stretch of time in which a schedule's slots lay on one grid: slots in (from, to] are due, epoch
 * ms; `to` is null while the epoch lasts. A schedule whose interval changes has several until the
 * books have passed the older ones.
 */
export const Epoch = z.object({
  from: z.number(),
  to: z.number().nullable(),
  grid: Grid,
})
export type Epoch = z.infer<typeof Epoch>

/** Epochs as they stand in Redis; none where they cannot be read. */
export function parseEpochs(json: string): Epoch[] {
  try {
    return z.array(Epoch).safeParse(JSON.parse(json)).data ?? []
  } catch {
    return []
  }
}

/** Slots in a row: `count` of them, from `from` to `to` inclusive. */
export interface Stretch {
  from: number
  to: number
  count: number
}

/** A cron pattern's slots can only be walked, so a step over them is bounded. */
const WALK = 2000

/** The due slots in (after, upTo], as at most one stretch per epoch; `upTo` shrinks where a walk ends early. */
export function dueIn(
  epochs: readonly Epoch[],
  after: number,
  upTo: number,
): { stretches: Stretch[]; upTo: number } {
  const stretches: Stretch[] = []
  for (const { from, to, grid } of epochs) {
    const start = Math.max(from, after)
    const end = Math.min(to ?? upTo, upTo)
    if (start >= end) continue
    if ('cron' in grid) {
      const slots = slotsBetween(grid, start, end, WALK)
      const stretch = stretchOf(slots)
      if (stretch !== null) stretches.push(stretch)
      if (slots.length === WALK) return { stretches, upTo: slots.at(-1) as number }
    } else {
      const [first, last] = [nextSlot(grid, start), slotAt(grid, end)]
      if (first > last) continue
      stretches.push({ from: first, to: last, count: (last - first) / grid.interval + 1 })
    }
  }
  return { stretches, upTo }
}

/** How many slots were due in (after, upTo]. */
export function countDue(epochs: readonly Epoch[], after: number, upTo: number): number {
  let count = 0
  let reached = after
  while (reached < upTo) {
    const due = dueIn(epochs, reached, upTo)
    count += due.stretches.reduce((sum, stretch) => sum + stretch.count, 0)
    reached = due.upTo
  }
  return count
}

function stretchOf(slots: readonly number[]): Stretch | null {
  const [first] = slots
  if (first === undefined) return null
  return { from: first, to: slots.at(-1) as number, count: slots.length }
}
