import { expect, test } from 'vitest'
import { Market, priceOf, tickOf } from '../../src/standalone/market.ts'

const NOON = new Date(2026, 0, 2, 12, 0, 0).getTime()

function walk(seed: number, seconds: number): number[] {
  const market = new Market({ seed, now: NOON })
  return Array.from({ length: seconds }, (_, i) => market.observe(NOON + i * 1000))
}

test('repeats itself from the same seed', () => {
  const [one, two, other] = [7, 7, 8].map(seed => walk(seed, 50))
  expect(new Set(one).size).toBe(50)
  expect(one).toEqual(two)
  expect(one?.at(-1)).not.toBe(other?.at(-1))
})

test('begins at its price, and moves little in a second', () => {
  const [first = 0, second = 0] = walk(3, 2)
  expect(first).toBe(2400)
  expect(Math.abs(second / first - 1)).toBeLessThan(0.005)
})

test('its ticks fall as the price rises', () => {
  expect(tickOf(2400)).toBeGreaterThan(tickOf(2401))
  expect(tickOf(priceOf(198_500) * 0.99999)).toBe(198_500)
  expect(priceOf(198_500)).toBeGreaterThan(priceOf(198_501))
})
