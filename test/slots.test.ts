import { expect, it } from 'vitest'
import {
  cadence,
  Grid,
  nearestSlot,
  nextSlot,
  slotAt,
  slotsBetween,
  spacing,
} from '../src/slots.ts'

const daily = (cron: string, timezone = 'Europe/Berlin') => ({ cron, timezone })
const iso = (slots: number[]) => slots.map(slot => new Date(slot).toISOString().slice(5, 16))
const fires = (cron: string, from: string, to: string, timezone?: string) =>
  iso(slotsBetween(daily(cron, timezone), Date.parse(from), Date.parse(to), 100))

it.each([
  [{ interval: 100, phase: 50 }],
  [{ interval: 7000, phase: 3500 }],
  [{ interval: 333, phase: 166 }],
  [{ interval: 3 * 86_400_000, phase: 0 }],
])('finds slots of %o around any moment', grid => {
  const on = (slot: number) => (slot - grid.phase) % grid.interval === 0
  for (const at of [0, 1, grid.phase, 1_700_000_000_000, 1_700_000_000_049, 1_699_999_993_500]) {
    const [last, next] = [slotAt(grid, at), nextSlot(grid, at)]
    expect(on(last) && on(next)).toBe(true)
    expect(next - last).toBe(grid.interval)
    expect(last <= at && at < next).toBe(true)
    expect(nearestSlot(grid, next)).toBe(next)
    expect(nearestSlot(grid, next - 1)).toBe(next)
    expect(nearestSlot(grid, last + 1)).toBe(last)
  }
})

it('lists slots after one moment and up to another, as many as asked for', () => {
  const grid = { interval: 1000, phase: 0 }
  expect(slotsBetween(grid, 1000, 3000, 10)).toEqual([2000, 3000])
  expect(slotsBetween(grid, 0, 1e9, 2)).toEqual([1000, 2000])
  expect(slotsBetween(grid, 3000, 3000, 10)).toEqual([])
})

it('knows patterns of five fields, and of six with seconds first', () => {
  const minute = { cron: '*/5 * * * *', timezone: 'UTC' }
  expect(nextSlot(minute, 0)).toBe(300_000)
  expect(nextSlot(minute, 299_999)).toBe(300_000)
  expect(nextSlot(minute, 300_000)).toBe(600_000)
  expect(slotAt(minute, 300_000)).toBe(300_000)
  expect(slotAt(minute, 599_999)).toBe(300_000)
  expect(nextSlot({ cron: '*/5 * * * * *', timezone: 'UTC' }, 4999)).toBe(5000)
})

it('finds the slots of a pattern years away', () => {
  const grid = daily('0 0 29 2 *', 'America/New_York')
  const leap = Date.parse('2028-02-29T05:00:00Z')
  expect(nextSlot(grid, Date.parse('2024-03-01T05:00:00Z'))).toBe(leap)
  expect(slotAt(grid, Date.parse('2032-02-28T05:00:00Z'))).toBe(leap)
})

it('throws for a pattern that never fires, and for a time zone that is none', () => {
  expect(() => nextSlot(daily('0 0 30 2 *'), 0)).toThrow()
  expect(() => nextSlot(daily('* * * * *', 'Europe/Atlantis'), 0)).toThrow(RangeError)
})

it('makes a named hour that the clocks skip as much later', () => {
  expect(fires('30 2 * * *', '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual([
    '03-28T01:30',
    '03-29T01:30',
    '03-30T00:30',
  ])
  expect(fires('*/20 2,3 * * *', '2026-03-29T00:00Z', '2026-03-29T12:00Z')).toEqual([
    '03-29T01:00',
    '03-29T01:20',
    '03-29T01:40',
  ])
})

it('makes a named hour that the clocks repeat once', () => {
  expect(fires('30 2 * * *', '2026-10-24T00:00Z', '2026-10-26T12:00Z')).toEqual([
    '10-24T00:30',
    '10-25T00:30',
    '10-26T01:30',
  ])
  expect(fires('0 1-3 * * *', '2026-10-24T12:00Z', '2026-10-25T12:00Z')).toEqual([
    '10-24T23:00',
    '10-25T00:00',
    '10-25T02:00',
  ])
})

it('goes on in real time where every hour is meant, whatever the clocks do', () => {
  expect(fires('*/30 * * * *', '2026-10-24T23:59Z', '2026-10-25T02:00Z')).toEqual([
    '10-25T00:00',
    '10-25T00:30',
    '10-25T01:00',
    '10-25T01:30',
    '10-25T02:00',
  ])
  expect(fires('0 * * * *', '2026-03-28T23:30Z', '2026-03-29T02:00Z')).toHaveLength(3)
})

const CHANGES = [
  ['Europe/Berlin', '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00Z'],
  ['America/New_York', '2026-03-08T07:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  // Half an hour only.
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  // Around midnight.
  ['America/Havana', '2026-03-08T05:00Z'],
  ['Africa/Cairo', '2026-10-29T21:00Z'],
] as const
const PATTERNS = ['30 2 * * *', '0 2 * * *', '*/7 * * * *', '0-10 1-3 * * *', '15 0 * * *']

it.each(CHANGES)('gives the same slots wherever one asks from, in %s at %s', (timezone, moment) => {
  const change = Date.parse(moment)
  for (const cron of PATTERNS) {
    const grid = { cron, timezone }
    let slot = nextSlot(grid, change - 4 * 3_600_000)
    while (slot < change + 4 * 3_600_000) {
      const next = nextSlot(grid, slot)
      expect(next).toBeGreaterThan(slot)
      const middle = Math.floor((slot + next) / 2)
      expect([middle, next - 1000, next - 1].map(from => nextSlot(grid, from))).toEqual([
        ...[next, next - slot > 1000 ? next : slot, next],
      ])
      expect([slot, middle, next - 1].map(at => slotAt(grid, at))).toEqual([slot, slot, slot])
      expect([slot - 250, slot, slot + 250].map(at => nearestSlot(grid, at))).toEqual([
        ...[slot, slot, slot],
      ])
      slot = next
    }
  }
})

it('knows the shortest distance, the same at any time', () => {
  expect(spacing({ interval: 333, phase: 0 })).toBe(333)
  expect(spacing({ cron: '0,1 * * * *', timezone: 'UTC' })).toBe(60_000)
  expect(spacing({ cron: '0,5 * * * * *', timezone: 'UTC' })).toBe(5000)
  expect(spacing({ cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' })).toBe(86_400_000)
  expect(spacing({ cron: '0 0 29 2 *', timezone: 'UTC' })).toBe(Number.POSITIVE_INFINITY)
})

it('reads grids, and nothing that is none', () => {
  const readable = (grid: unknown) => Grid.safeParse(grid).success
  expect(readable({ interval: 100, phase: 0 })).toBe(true)
  expect(readable({ cron: '* * * * *', timezone: 'UTC' })).toBe(true)
  expect(readable({ interval: 0, phase: 0 })).toBe(false)
  expect(readable({ interval: 0.5, phase: 0 })).toBe(false)
  expect(readable({ cron: '* * * * *' })).toBe(false)
})

it.each([
  [{ interval: 100, phase: 0 }, 'every 0.1 s'],
  [{ interval: 90_000, phase: 0 }, 'every 90 s'],
  [{ interval: 120_000, phase: 0 }, 'every 2 min'],
  [{ interval: 7_200_000, phase: 0 }, 'every 2 h'],
  [{ interval: 172_800_000, phase: 0 }, 'every 2 d'],
  [{ cron: '0 9 * * 1-5', timezone: 'UTC' }, 'at 0 9 * * 1-5 (UTC)'],
])('says %o in words', (grid, words) => {
  expect(cadence(grid)).toBe(words)
})
