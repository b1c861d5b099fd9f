import { createRequire } from 'node:module'
import type { CronExpression } from 'cron-parser'
import { z } from 'zod'
import { seasonAt } from './time-zones.ts'

const shift = z.number().int().positive().optional()
/** cron-parser is loaded with the first pattern: commands are faster without it and its luxon. */
const require = createRequire(import.meta.url)

/**
 * A grid of slots: every `interval` ms at `phase` ms after a multiple of it (epoch-based), or the
 * times of a cron pattern (five fields, or six with seconds first) in a time zone. Where clocks are
 * changed, a pattern that fires in every hour of the day follows the real time; one that names hours
 * fires once in an hour that is repeated, and as much later as the clocks jump in one that is skipped.
 * `shift`, a few ms by which all slots come later, tells the slots of a stretch that a clock which was
 * set back passes once more from those that it named before.
 */
export const Grid = z.union([
  z.object({ interval: z.number().int().positive(), phase: z.number().int().nonnegative(), shift }),
  z.object({ cron: z.string().min(1), timezone: z.string().min(1), shift }),
])
export type Grid = z.infer<typeof Grid>

/** The first slot strictly after `after` (epoch ms). Throws where the pattern has no more. */
export function nextSlot(grid: Grid, after: number): number {
  const { shift = 0 } = grid
  if ('cron' in grid) return nextCron(grid, after - shift) + shift
  const phase = grid.phase + shift
  return (Math.floor((after - phase) / grid.interval) + 1) * grid.interval + phase
}

/** The last slot at or before `at` (epoch ms). */
export function slotAt(grid: Grid, at: number): number {
  const { shift = 0 } = grid
  if ('cron' in grid) return lastCron(grid, at - shift) + shift
  const phase = grid.phase + shift
  return Math.floor((at - phase) / grid.interval) * grid.interval + phase
}

/** The slot of the grid nearest to `at` (epoch ms). */
export function nearestSlot(grid: Grid, at: number): number {
  const before = slotAt(grid, at)
  const after = nextSlot(grid, at)
  return at - before <= after - at ? before : after
}

/** The shortest distance of a cron pattern is looked for here, epoch ms, in so many slots. */
const SAMPLE = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2025, 5, 1), slots: 60 }

/** The shortest distance between two slots, ms, whenever one asks; Infinity for the rarest patterns. */
export function spacing(grid: Grid): number {
  if (!('cron' in grid)) return grid.interval
  const slots = slotsBetween(grid, SAMPLE.from, SAMPLE.to, SAMPLE.slots)
  return Math.min(...slots.slice(1).map((slot, index) => slot - (slots[index] as number)))
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

interface Cron {
  cron: string
  timezone: string
}

/**
 * Asked near a change of the clocks, the parser answers by where it began to search, and a slot must
 * be the same for everyone. So it searches on a clock that never changes, and what that shows is put
 * into the seasons of the time zone here.
 */
function nextCron({ cron, timezone }: Cron, after: number): number {
  const { next, namesHours } = patternOf(cron)
  for (let from = after + 1; ; ) {
    const { from: begin, to, offset, before } = seasonAt(timezone, from)
    // The hour that is repeated was shown before.
    const start = namesHours ? Math.max(from, begin + before - offset) : from
    const found = [next(start + offset) - offset]
    if (namesHours && from + before < begin + offset) {
      const skipped = next(from + before)
      if (skipped < begin + offset) found.push(skipped - before)
    }
    const slot = Math.min(...found)
    if (slot < to) return slot
    from = to
  }
}

function lastCron({ cron, timezone }: Cron, at: number): number {
  const { last, namesHours } = patternOf(cron)
  for (let to = at; ; ) {
    const { from: begin, offset, before } = seasonAt(timezone, to)
    const start = namesHours ? Math.max(begin, begin + before - offset) : begin
    const found = [last(to + offset) - offset].filter(slot => slot >= start)
    if (namesHours && offset > before) {
      const skipped = last(Math.min(to + before, begin + offset - 1)) - before
      if (skipped >= begin) found.push(skipped)
    }
    if (found.length > 0) return Math.max(...found)
    to = begin - 1
  }
}

interface Pattern {
  /** The first time at or after `from`, on a clock that never changes. */
  next(from: number): number
  /** The last time at or before `to`. */
  last(to: number): number
  namesHours: boolean
}

const patterns = new Map<string, Pattern>()
/** Patterns that are kept parsed; far more than any deployment has. */
const KEEP = 500

function patternOf(cron: string): Pattern {
  const known = patterns.get(cron)
  if (known !== undefined) return known
  const { CronExpressionParser } = require('cron-parser') as typeof import('cron-parser')
  const expression: CronExpression = CronExpressionParser.parse(cron, { tz: 'UTC' })
  // What it finds lies strictly after, or before, the date that it is set to.
  const set = (at: number) => expression.reset(new Date(at))
  const pattern: Pattern = {
    next(from) {
      set(from - 1)
      return expression.next().getTime()
    },
    last(to) {
      set(to + 1)
      return expression.prev().getTime()
    },
    namesHours: expression.fields.hour.values.length < 24,
  }
  if (patterns.size >= KEEP) patterns.clear()
  patterns.set(cron, pattern)
  return pattern
}
