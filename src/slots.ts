import { CronExpressionParser } from 'cron-parser'
import { z } from 'zod'

/**
 * A grid of slots: every `interval` ms at `phase` ms after a multiple of it (epoch-based), or the
 * times of a cron pattern (five fields, or six with seconds first) in a time zone.
 */
export const Grid = z.union([
  z.object({ interval: z.number().int().positive(), phase: z.number().int().nonnegative() }),
  z.object({ cron: z.string().min(1), timezone: z.string().min(1) }),
])
export type Grid = z.infer<typeof Grid>

/** The first slot strictly after `after` (epoch ms). Throws where the pattern has no more. */
export function nextSlot(grid: Grid, after: number): number {
  if ('cron' in grid) return cron(grid, after).next().getTime()
  return (Math.floor((after - grid.phase) / grid.interval) + 1) * grid.interval + grid.phase
}

/** The last slot at or before `at` (epoch ms). */
export function slotAt(grid: Grid, at: number): number {
  // The parser's prev() is strictly before its date, and a pattern knows whole seconds only.
  if ('cron' in grid)
    return cron(grid, Math.floor(at / 1000) * 1000 + 1000)
      .prev()
      .getTime()
  return Math.floor((at - grid.phase) / grid.interval) * grid.interval + grid.phase
}

/** The slot of the grid nearest to `at` (epoch ms). */
export function nearestSlot(grid: Grid, at: number): number {
  const before = slotAt(grid, at)
  const after = nextSlot(grid, at)
  return at - before <= after - at ? before : after
}

/** The shortest distance between two slots near `at`, ms: how long a slot can be the newest. */
export function spacing(grid: Grid, at: number): number {
  if (!('cron' in grid)) return grid.interval
  const first = nextSlot(grid, at)
  return nextSlot(grid, first) - first
}

/** The slots in (after, upTo], oldest first, at most `limit`. */
export function slotsBetween(grid: Grid, after: number, upTo: number, limit: number): number[] {
  const slots: number[] = []
  let slot = after
  while (slots.length < limit) {
    slot = nextSlot(grid, slot)
    if (slot > upTo) break
    slots.push(slot)
  }
  return slots
}

function cron(grid: { cron: string; timezone: string }, at: number) {
  return CronExpressionParser.parse(grid.cron, { currentDate: new Date(at), tz: grid.timezone })
}

/** A grid in words: `every 1 s`, `at 0 9 * * 1-5 (UTC)`. */
export function cadence(grid: Grid): string {
  if ('cron' in grid) return `at ${grid.cron} (${grid.timezone})`
  const { interval } = grid
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ] as const
  const unit = units.find(([size]) => interval % size === 0)
  return unit === undefined
    ? `every ${interval / 1000} s`
    : `every ${interval / unit[0]} ${unit[1]}`
}
