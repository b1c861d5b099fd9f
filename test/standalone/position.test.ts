import { expect, test } from 'vitest'
import { Market } from '../../src/standalone/market.ts'
import { hedged, newPosition, reprice } from '../../src/standalone/position.ts'

const NOON = new Date(2026, 0, 2, 12, 0, 0).getTime()
const position = () => newPosition({ price: 2400, tokenID: 100_001, now: NOON })

test('stands around its price, in ticks and in dollars', () => {
  const { tick_lower, tick_current, tick_upper, range_lower, range_upper, ...rest } = position()
  expect(tick_lower).toBeLessThan(tick_current)
  expect(tick_upper).toBeGreaterThan(tick_current)
  expect(range_lower).toBeLessThan(2400)
  expect(range_upper).toBeGreaterThan(2400)
  const hashes = { tx_swap: null, tx_decrease: null, tx_collect: null, tx_burn: null }
  expect(rest).toMatchObject({ ...hashes, is_open: true, last_update: '2026-01-02 12:00:00' })
})

test.each([
  ['rises', 1.01],
  ['falls', 0.99],
])('is left by a price that %s, and its tick goes the other way', (_, factor) => {
  const held = position()
  expect(reprice(held, 2400, NOON)).toEqual({ outOfRange: false })
  expect(reprice(held, 2400 * factor, NOON + 1000)).toEqual({ outOfRange: true })
  const { tick_current, tick_initial, price_current, last_update } = held
  expect(tick_current < tick_initial).toBe(factor > 1)
  expect({ price_current, last_update }).toEqual({
    price_current: 2400 * factor,
    last_update: '2026-01-02 12:00:01',
  })
})

test('is left sooner or later as the market walks, but not at once', () => {
  const market = new Market({ seed: 3, now: NOON })
  const held = position()
  const left = Array.from({ length: 3600 }, (_, second) => {
    const now = NOON + second * 1000
    return reprice(held, market.observe(now), now).outOfRange
  })
  expect(left[0]).toBe(false)
  expect(left).toContain(true)
})

test('the second generation has its bounds on another scale, and numbers that are none', () => {
  const fresh = hedged(position())
  expect(fresh).toMatchObject({
    hedge_return: Number.NaN,
    hedge_liquidation_price: Number.POSITIVE_INFINITY,
    price_current: 2400,
  })
  expect(fresh.range_lower).toBeGreaterThan(1e8)
  expect(fresh.range_upper).toBeGreaterThan(fresh.range_lower as number)
  expect(fresh.liquidity).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER))
  const moved = position()
  reprice(moved, 2404, NOON)
  expect(hedged(moved).hedge_return).toBeCloseTo(4 / 2400)
})
