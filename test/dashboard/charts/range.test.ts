import { expect, it } from 'vitest'
import { rangeDistance, shareInRange } from '../../../src/dashboard/charts/position.ts'
import { rangeScale } from '../../../src/dashboard/charts/range.ts'
import { Timeline, type Window } from '../../../src/dashboard/charts/timeline.ts'

/** A point per position, ten seconds apart. */
function windowOf(...points: Record<string, number>[]): Window {
  const timeline = new Timeline()
  timeline.append(
    points.map((fields, index) => ({ at: index * 10, values: Object.entries(fields) })),
  )
  return timeline.window(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
}

const tickOf = (price: number) => -Math.round(Math.log(price) / Math.log(1.0001))

/** A position around 2000 as the first generation sends it; ticks fall as the price rises. */
const position = (price: number) => ({
  ...{ price_current: price, range_lower: 1900, range_upper: 2100 },
  ...{ tick_current: tickOf(price), tick_lower: tickOf(2100), tick_upper: tickOf(1900) },
})
type Position = Partial<ReturnType<typeof position>>

const scaled = (by: number) => (it: Position) => ({
  ...it,
  ...{ range_lower: (it.range_lower ?? 0) * by, range_upper: (it.range_upper ?? 0) * by },
})
const inverse = (it: Position) => ({
  ...it,
  ...{ range_lower: 1 / (it.range_upper ?? 1), range_upper: 1 / (it.range_lower ?? 1) },
})
const withoutTicks = ({ price_current, range_lower, range_upper }: Position) => ({
  ...{ price_current: price_current ?? 0, range_lower: range_lower ?? 0 },
  range_upper: range_upper ?? 0,
})

function told(...points: Record<string, number>[]) {
  const window = windowOf(...points)
  const rounded = [...(rangeDistance(window) ?? [])].map(value => Number(value.toFixed(1)))
  return [rangeScale(window), rounded, shareInRange(window, points.length * 10)]
}

it('believes prices in, near and far from their range', () => {
  const near = [2000, 2110, 1000, 20_000, 190_000, 25].map(position)
  expect(told(...near)[0]).toBe('price')
  expect(told(...near.map(withoutTicks))[0]).toBe('price')
  expect(told(...[2000, 2120].map(position))).toEqual(['price', [0.5, -0.1], 0.5])
  // Its ticks say so, too.
  expect(told(position(2_000_000))[0]).toBe('price')
  expect(told(position(0.002))[0]).toBe('price')
})

it('sees bounds on another scale, and measures by the ticks instead', () => {
  const points = [2000, 1950, 2200].map(position)
  for (const by of [1e12, 1e-12, 1000, 1e18]) {
    expect([by, ...told(...points.map(scaled(by)))]).toEqual([by, 'other', [0.5, 0.3, -0.5], 2 / 3])
  }
  expect(told(...points.map(inverse))).toEqual(['inverse', [0.5, 0.3, -0.5], 2 / 3])
})

it('sees the inverse of a price near 1 by the ticks', () => {
  const price = {
    ...{ price_current: 1.3, range_lower: 0.74, range_upper: 0.8 },
    ...{ tick_current: -2624, tick_lower: -3011, tick_upper: -2231 },
  }
  expect(told(price)[0]).toBe('inverse')
})

it('computes nothing where only the bounds could tell', () => {
  const points = [2000, 1950].map(position).map(scaled(1e12)).map(withoutTicks)
  expect(told(...points)).toEqual(['other', [Number.NaN, Number.NaN], null])
  expect(told(...points.map(scaled(1e-12)).map(inverse))[0]).toBe('inverse')
})

it('says so when only some points are on another scale', () => {
  const points = [position(2000), scaled(1e12)(position(2000)), position(2000)]
  expect(told(...points.map(withoutTicks))).toEqual(['other', [0.5, Number.NaN, 0.5], 1])
})

it('takes a position without a range for one on the scale of its price', () => {
  expect(told({ price_current: 2000, range_lower: 0, range_upper: 0 })[0]).toBe('price')
  expect(told({ price_current: 0, range_lower: 1900, range_upper: 2100 })[0]).toBe('price')
  expect(rangeScale(windowOf({ price_current: 2000 }))).toBeNull()
})
