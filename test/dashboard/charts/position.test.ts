import { expect, it } from 'vitest'
import { rangeDistance, rebalances, shareInRange } from '../../../src/dashboard/charts/position.ts'
import { Timeline, type Window } from '../../../src/dashboard/charts/timeline.ts'

function windowOf(at: number[], columns: Record<string, number[]>): Window {
  const timeline = new Timeline()
  timeline.append(
    at.map((time, index) => ({
      at: time,
      values: Object.entries(columns).map(([name, values]) => [name, values[index] as number]),
    })),
  )
  return timeline.window(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
}

const range = (price: number[]) => ({
  price_current: price,
  range_lower: price.map(() => 100),
  range_upper: price.map(() => 200),
})

it('measures the distance to the nearer edge in widths of the range', () => {
  const window = windowOf([1, 2, 3, 4], range([150, 110, 195, 210]))
  expect([...(rangeDistance(window) ?? [])]).toEqual([0.5, 0.1, 0.05, -0.1])
  const flat = windowOf([1], { price_current: [1], range_lower: [1], range_upper: [1] })
  expect([...(rangeDistance(flat) ?? [])]).toEqual([Number.NaN])
  expect(rangeDistance(windowOf([1], { price_current: [1] }))).toBeNull()
  expect(rangeDistance(windowOf([1], { ...range([150]), range_distance: [7] }))).toBeNull()
})

it('weighs time within the range by how long it lasted', () => {
  const window = windowOf([0, 10, 40], range([150, 250, 200]))
  expect(shareInRange(window, 100)).toBe(0.7)
  expect(shareInRange(window, 40)).toBe(0.25)
  expect(shareInRange(windowOf([0], range([150])), 0)).toBe(1)
})

it('lets the last value hold where a point has no position', () => {
  const price = [150, Number.NaN, 250]
  expect(shareInRange(windowOf([0, 10, 40], range(price)), 80)).toBe(0.5)
  expect(shareInRange(windowOf([0], range([Number.NaN])), 80)).toBeNull()
  expect(shareInRange(windowOf([0], { price_current: [1] }), 80)).toBeNull()
})

it('finds every change of the position, also at the edge of the window', () => {
  const timeline = new Timeline()
  const tokens = [7, 7, 8, Number.NaN, 8, 9, 7]
  timeline.append(tokens.map((token, at) => ({ at, values: [['tokenID', token]] })))
  expect(rebalances(timeline, timeline.window(0, 9))).toEqual([
    { at: 2, from: 7, to: 8 },
    { at: 5, from: 8, to: 9 },
    { at: 6, from: 9, to: 7 },
  ])
  expect(rebalances(timeline, timeline.window(2, 4))).toEqual([{ at: 2, from: 7, to: 8 }])
  expect(rebalances(timeline, timeline.window(3, 4))).toEqual([])
  expect(rebalances(timeline, timeline.window(50, 60))).toEqual([])
})

it('keeps the newest changes of very many', () => {
  const timeline = new Timeline()
  const rows = Array.from({ length: 2000 }, (_, at) => ({ at, values: [['tokenID', at]] as const }))
  timeline.append(rows)
  const found = rebalances(timeline, timeline.window(0, 5000))
  expect(found.length).toBe(500)
  expect(found.at(-1)).toEqual({ at: 1999, from: 1998, to: 1999 })
})

it('tells tokens beyond 2^53 apart that are one double', () => {
  const timeline = new Timeline()
  const tokens = ['9007199254740992', '9007199254740993', 5]
  timeline.append(tokens.map((token, at) => ({ at, values: [['tokenID', token]] })))
  expect(rebalances(timeline, timeline.window(0, 9))).toEqual([
    { at: 1, from: '9007199254740992', to: '9007199254740993' },
    { at: 2, from: '9007199254740993', to: 5 },
  ])
  expect(rebalances(timeline, timeline.window(2, 9))).toEqual([
    { at: 2, from: '9007199254740993', to: 5 },
  ])
})
