import { priceOf, ratioOf, tickOf } from './market.ts'

/** An entry of the simulated engine's position history, as ENGINE.md describes it. */
export interface Position {
  tick_lower: number
  tick_upper: number
  tick_current: number
  tick_initial: number
  range_lower: number
  range_upper: number
  price_current: number
  price_initial: number
  tokenID: number
  tx_mint: string | null
  tx_swap: string | null
  tx_decrease: string | null
  tx_collect: string | null
  tx_burn: string | null
  is_open: boolean
  last_update: string
}

/** Ticks come in steps of this size; a range is so many steps to either side. */
const TICK_SPACING = 10
const HALF_RANGE = 4

/** A position around `price`, before any of its transactions; `now` in epoch ms. */
export function newPosition(options: { price: number; tokenID: number; now: number }): Position {
  const { price, tokenID, now } = options
  const tick = tickOf(price)
  const centre = Math.floor(tick / TICK_SPACING) * TICK_SPACING
  const lower = centre - HALF_RANGE * TICK_SPACING
  const upper = centre + (HALF_RANGE + 1) * TICK_SPACING
  return {
    tick_lower: lower,
    tick_upper: upper,
    tick_current: tick,
    tick_initial: tick,
    // The highest tick is the lowest price.
    range_lower: priceOf(upper),
    range_upper: priceOf(lower),
    price_current: price,
    price_initial: price,
    tokenID,
    tx_mint: null,
    tx_swap: null,
    tx_decrease: null,
    tx_collect: null,
    tx_burn: null,
    is_open: true,
    last_update: localTime(now),
  }
}

/** Notes a price, and says whether it is outside the range. */
export function reprice(position: Position, price: number, now: number): { outOfRange: boolean } {
  const tick = tickOf(price)
  Object.assign(position, {
    ...{ tick_current: tick, price_current: price, last_update: localTime(now) },
  })
  return { outOfRange: tick < position.tick_lower || tick >= position.tick_upper }
}

/**
 * The position as the engine's second generation tells it: range bounds in the chain's own units,
 * liquidity beyond 2^53, and a hedge of which Python divides by zero while there is none.
 */
export function hedged(position: Position): Record<string, unknown> {
  const { price_current, price_initial, tokenID, tick_lower, tick_upper } = position
  const moved = price_current - price_initial
  return {
    ...position,
    range_lower: ratioOf(tick_lower),
    range_upper: ratioOf(tick_upper),
    liquidity: BigInt(tokenID) * 10n ** 15n + 7n,
    hedge_size: -moved / price_initial,
    hedge_return: moved === 0 ? Number.NaN : moved / price_initial,
    hedge_liquidation_price: moved === 0 ? Number.POSITIVE_INFINITY : price_current * 1.8,
  }
}

/** `YYYY-MM-DD HH:MM:SS` in this machine's time zone, as the real engine writes it. */
export function localTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}
