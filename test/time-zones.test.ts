import { expect, it } from 'vitest'
import { seasonAt } from '../src/time-zones.ts'

const HOUR = 3_600_000

it('knows the seasons on either side of a change', () => {
  const change = Date.parse('2026-03-29T01:00:00Z')
  const winter = seasonAt('Europe/Berlin', change - 1)
  const summer = seasonAt('Europe/Berlin', change)
  expect(winter).toMatchObject({ to: change, offset: HOUR })
  expect(summer).toEqual({
    ...{ from: change, to: Date.parse('2026-10-25T01:00:00Z') },
    ...{ offset: 2 * HOUR, before: HOUR },
  })
  expect(seasonAt('Europe/Berlin', winter.to - 1)).toBe(winter)
})

it('leaves no moment out, and none is in two', () => {
  let season = seasonAt('America/New_York', Date.parse('2020-01-01T00:00:00Z'))
  const changes: string[] = []
  while (season.to < Date.parse('2023-01-01T00:00:00Z')) {
    const next = seasonAt('America/New_York', season.to)
    expect(next.before).toBe(season.offset)
    if (next.offset !== season.offset) changes.push(new Date(season.to).toISOString().slice(0, 10))
    season = next
  }
  expect(changes).toEqual([
    ...['2020-03-08', '2020-11-01', '2021-03-14', '2021-11-07', '2022-03-13', '2022-11-06'],
  ])
})

it('finds no change where there is none', () => {
  for (const [timezone, offset] of [
    ['UTC', 0],
    ['Asia/Kathmandu', 5.75 * HOUR],
  ] as const) {
    const { from, to, ...offsets } = seasonAt(timezone, Date.parse('2026-06-01T00:00:00Z'))
    expect(offsets).toEqual({ offset, before: offset })
    expect(to - from).toBeGreaterThan(300 * 24 * HOUR)
  }
})

it('throws for a zone that is none', () => {
  expect(() => seasonAt('Europe/Atlantis', 0)).toThrow(RangeError)
})
