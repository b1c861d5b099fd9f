import { expect, it } from 'vitest'
import type { Schedule } from '../src/jobs.ts'
import { nextSlot } from '../src/slots.ts'
import { leadFor, repeatOf, repeatStrategy, revisionOf, shifted, slotOf } from '../src/ticks.ts'

function schedule(grid: Schedule['grid'], lead = leadFor(grid, 250)): Schedule {
  const id = 'default/get-stats'
  return { id, engine: 'default', job: 'get-stats', grid, lead, revision: 'r' }
}

/** The job id that BullMQ gives to the tick placed at `at`. */
const tick = (at: number) => `repeat:default/get-stats:${at}`

const GRIDS = [
  { interval: 100, phase: 0 },
  { interval: 100, phase: 50 },
  { interval: 333, phase: 166 },
  { interval: 1000, phase: 500 },
  { interval: 7000, phase: 3500 },
  { interval: 86_400_000, phase: 43_200_000 },
]

it.each(GRIDS)('places a tick of %o its lead before the slot, and finds back', grid => {
  const one = schedule(grid)
  const { every = 0, offset = 0 } = repeatOf(one)
  expect(every).toBe(grid.interval)
  expect(offset > 0 && offset <= every).toBe(true)
  const begin = Math.floor(1_700_000_000_000 / every) * every
  for (const placed of [begin + offset, begin + offset + every]) {
    const slot = slotOf(tick(placed), one)
    expect(slot).toBe(placed + one.lead)
    expect(((slot ?? 0) - grid.phase) % grid.interval).toBe(0)
  }
})

it('never gives BullMQ an offset of 0, which means now', () => {
  expect(repeatOf(schedule({ interval: 1000, phase: 250 }, 250)).offset).toBe(1000)
  expect(repeatOf(schedule({ interval: 1000, phase: 0 }, 0)).offset).toBe(1000)
})

it.each(GRIDS)('leads by no more than half the way between two slots of %o', grid => {
  expect(leadFor(grid, 60_000)).toBe(Math.min(60_000, Math.floor(grid.interval / 2)))
  const lead = leadFor(grid, 250)
  expect(lead).toBeGreaterThanOrEqual(Math.min(250, Math.floor(grid.interval / 2)))
  expect(lead).toBeLessThanOrEqual(grid.interval / 2)
})

it('lengthens a lead so that ticks of many phases come at the same moments', () => {
  const placed = [0, 17, 33, 49, 50, 516].map(phase => {
    return (phase - leadFor({ interval: 2000, phase }, 250) + 2000) % 50
  })
  expect(placed).toEqual([0, 0, 0, 0, 0, 0])
})

it('leads a pattern as asked, but for half its shortest distance', () => {
  expect(leadFor({ cron: '0 9 * * *', timezone: 'UTC' }, 250)).toBe(250)
  expect(leadFor({ cron: '* * * * * *', timezone: 'UTC' }, 2000)).toBe(500)
  expect(leadFor({ cron: '0,5 * * * * *', timezone: 'UTC' }, 60_000)).toBe(2500)
  expect(leadFor({ cron: '0 0 29 2 *', timezone: 'UTC' }, 60_000)).toBe(60_000)
})

it.each([
  ['*/10 * * * * *', 'UTC', '2026-01-01T00:00:00Z'],
  ['0 9 * * *', 'America/New_York', '2026-03-07T00:00:00Z'],
  ['30 2 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z'],
  ['30 2 * * *', 'Europe/Berlin', '2026-10-23T12:00:00Z'],
  ['*/30 * * * *', 'Europe/Berlin', '2026-10-24T22:00:00Z'],
])('walks %s in %s from tick to tick, slot by slot', (cron, timezone, begin) => {
  const grid = { cron, timezone }
  const one = schedule(grid)
  const repeat = repeatOf(one)
  let millis = Date.parse(begin)
  let slot = nextSlot(grid, millis + one.lead)
  for (let step = 0; step < 8; step++) {
    const placed = repeatStrategy(millis, repeat)
    expect(placed).toBe(slot - one.lead)
    expect(slotOf(tick(placed ?? 0), one)).toBe(slot)
    // BullMQ asks from when it placed the last one, or from now if that is later.
    millis = (placed ?? 0) + (step % 2) * 249
    slot = nextSlot(grid, slot)
  }
})

it('leaves intervals to BullMQ', () => {
  expect(repeatStrategy(0, { every: 1000 })).toBeUndefined()
})

it('finds no slot in the id of another job', () => {
  const one = schedule({ interval: 1000, phase: 0 })
  const ids = ['17', 'manual:1700000000000', 'repeat:default/get-stats:now', 'repeat:a:1e400']
  expect(ids.map(id => slotOf(id, one))).toEqual([null, null, null, null])
})

it('names what a schedule says', () => {
  const grid = { interval: 1000, phase: 0 }
  const said = revisionOf({ grid, lead: 250 })
  expect(revisionOf({ grid: { ...grid }, lead: 250 })).toBe(said)
  const others = [
    revisionOf({ grid: { interval: 1000, phase: 500 }, lead: 250 }),
    revisionOf({ grid: { interval: 2000, phase: 0 }, lead: 250 }),
    revisionOf({ grid, lead: 200 }),
    revisionOf({ grid: { cron: '* * * * *', timezone: 'UTC' }, lead: 250 }),
    revisionOf({ grid: { cron: '* * * * *', timezone: 'Asia/Tokyo' }, lead: 250 }),
  ]
  expect(new Set([said, ...others]).size).toBe(6)
})

it.each([
  { interval: 500, phase: 0 },
  { interval: 1000, phase: 999 },
  { cron: '*/5 * * * * *', timezone: 'Europe/Berlin' },
])('gives a shifted grid of %o slots, ticks and a revision of its own', grid => {
  const own = schedule(grid)
  const other = shifted(own, 1)
  expect(shifted(other, 0)).toEqual({ ...own, revision: revisionOf(own) })
  expect(other.revision).not.toBe(revisionOf(own))
  const placing = (one: Schedule, after: number) => {
    const { every = 0, offset = 0, ...cron } = repeatOf(one)
    if (every === 0) return repeatStrategy(after, cron) ?? 0
    return (Math.floor((after - offset) / every) + 1) * every + offset
  }
  for (const at of [1_700_000_000_100, 1_700_000_003_100]) {
    const slot = nextSlot(own.grid, at)
    expect(nextSlot(other.grid, at)).toBe(slot + 1)
    expect(placing(other, slot - own.lead)).toBe(slot + 1 - other.lead)
    expect(slotOf(tick(slot + 1 - other.lead), other)).toBe(slot + 1)
  }
})
