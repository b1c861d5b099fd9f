import { createHash } from 'node:crypto'
import type { Schedule } from './jobs.ts'
import { nearestSlot, nextSlot, spacing } from './slots.ts'

/**
 * How a schedule looks to BullMQ, and back. A tick is placed `lead` ms before its slot, so that
 * everything slow is done when the slot comes: Redis notices the time-out of a blocked client only
 * at its own clock tick, every 100 ms at its default `hz 10`.
 */
export interface Repeat {
  every?: number
  offset?: number
  pattern?: string
  tz?: string
  /** Ours, less the shift: BullMQ hands its repeat options on from job to job, and so to the strategy below. */
  lead?: number
}

/** An offset of 0 means "now" to BullMQ, not "on the grid": it lies in (0, interval]. */
export function repeatOf({ grid, lead }: Schedule): Repeat {
  const { shift = 0 } = grid
  if ('cron' in grid) return { pattern: grid.cron, tz: grid.timezone, lead: lead - shift }
  const offset = (((grid.phase + shift - lead) % grid.interval) + grid.interval) % grid.interval
  return { every: grid.interval, offset: offset === 0 ? grid.interval : offset }
}

/**
 * BullMQ's `repeatStrategy` for cron patterns, the same on every Queue and Worker: the first slot
 * whose tick lies after `millis`, less the lead.
 */
export function repeatStrategy(millis: number, repeat: Repeat): number | undefined {
  if (repeat.pattern === undefined) return undefined
  const lead = repeat.lead ?? 0
  return nextSlot({ cron: repeat.pattern, timezone: repeat.tz ?? 'UTC' }, millis + lead) - lead
}

/** The slot of a tick: BullMQ ends its job id with the time at which it placed it. Null for other jobs. */
export function slotOf(jobId: string, { grid, lead }: Schedule): number | null {
  const placed = Number(jobId.slice(jobId.lastIndexOf(':') + 1))
  if (!jobId.startsWith('repeat:') || !Number.isSafeInteger(placed)) return null
  return nearestSlot(grid, placed + lead)
}

/** Ticks are placed on multiples of this, ms. */
const BEAT = 50

/**
 * The lead of a schedule, ms: at least `lead` where half the way from one slot to the next allows it.
 * It is lengthened to place the ticks of many schedules at the same moments: a worker then wakes once
 * for all of them, and asks Redis once in vain, not once for each.
 */
export function leadFor(grid: Schedule['grid'], lead: number): number {
  const most = Math.floor(spacing(grid) / 2)
  const early = 'cron' in grid ? 0 : (((grid.phase - lead) % BEAT) + BEAT) % BEAT
  return lead + early <= most ? lead + early : Math.min(lead, most)
}

/** Names what a schedule says; two declarations with the same revision are the same. */
export function revisionOf({ grid, lead }: Pick<Schedule, 'grid' | 'lead'>): string {
  const said = 'cron' in grid ? [grid.cron, grid.timezone, lead] : [grid.interval, grid.phase, lead]
  if (grid.shift !== undefined) said.push(grid.shift)
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 12)
}

/** The same schedule on a grid that is `shift` ms later than its own; 0 for its own. */
export function shifted(schedule: Schedule, shift: number): Schedule {
  const { shift: _, ...own } = schedule.grid
  const grid: Schedule['grid'] = shift === 0 ? own : { ...own, shift }
  return { ...schedule, grid, revision: revisionOf({ grid, lead: schedule.lead }) }
}
