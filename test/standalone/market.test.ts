import { expect, test } from 'vitest'
import { Market } from '../../src/standalone/market.ts'

const NOON = new Date(2026, 0, 2, 12, 0, 0).getTime()

function walk(market: Market, seconds: number): boolean[] {
  return Array.from({ length: seconds }, (_, i) => market.observe(NOON + i * 1000).outOfRange)
}

test('opens a position around its price', () => {
  const { position } = new Market({ seed: 1, now: NOON })
  expect(position.tick_lower).toBeLessThan(position.tick_current)
  expect(position.tick_upper).toBeGreaterThan(position.tick_current)
  expect(position.tick_current).toBe(
    Math.floor(Math.log(position.price_current) / Math.log(1.0001)),
  )
  expect(position.range_lower).toBeCloseTo(1.0001 ** position.tick_lower)
  expect(position.range_upper).toBeGreaterThan(position.price_current)
  expect(position).toMatchObject({ is_open: true, tx_swap: null, tx_burn: null })
  expect(position.tx_mint).toMatch(/^0x[0-9a-f]{64}$/)
  expect(position.last_update).toBe('2026-01-02 12:00:00')
})

test('repeats itself from the same seed', () => {
  const [one, two, other] = [7, 7, 8].map(seed => new Market({ seed, now: NOON }))
  for (const market of [one, two, other]) walk(market as Market, 50)
  expect(one?.position).toEqual(two?.position)
  expect(one?.position.price_current).not.toBe(other?.position.price_current)
})

test('leaves its range sooner or later, but not at once', () => {
  const left = walk(new Market({ seed: 3, now: NOON }), 3600)
  expect(left[0]).toBe(false)
  expect(left).toContain(true)
})

test('closes with three transactions and opens anew with two', () => {
  const market = new Market({ seed: 3, now: NOON })
  const before = market.position
  market.close(NOON + 1000)
  const { tx_decrease, tx_collect, tx_burn } = market.position
  expect(market.position).toMatchObject({ is_open: false, tokenID: before.tokenID })
  for (const hash of [tx_decrease, tx_collect, tx_burn]) expect(hash).toMatch(/^0x[0-9a-f]{64}$/)
  market.reopen(NOON + 2000)
  const after = market.position
  expect(after).toMatchObject({ is_open: true, tx_decrease, tx_collect, tx_burn })
  expect(after.tokenID).toBeGreaterThan(before.tokenID)
  expect(after.tx_mint).not.toBe(before.tx_mint)
  expect(after.tx_swap).not.toBeNull()
})
