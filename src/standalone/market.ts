/** The newest entry of the simulated engine's position history, as ENGINE.md describes it. */
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

const START_PRICE = 2400
/** Of the price's logarithm, for one second. */
const VOLATILITY = 0.0004
/** Ticks come in steps of this size; a range is so many steps to either side. */
const TICK_SPACING = 10
const HALF_RANGE = 4

/**
 * A price that walks at random and a liquidity position around it: nothing but values, so the same
 * seed and the same times give the same history. Times are epoch ms.
 */
export class Market {
  readonly #random: () => number
  #price = START_PRICE
  #pricedAt: number
  #position: Position

  constructor(options: { seed: number; now: number }) {
    this.#random = mulberry32(options.seed)
    this.#pricedAt = options.now
    this.#position = this.#open(options.now, 100_000 + (options.seed % 100_000))
  }

  get position(): Position {
    return this.#position
  }

  /** Moves the price on to `now` and says whether it has left the position's range. */
  observe(now: number): { outOfRange: boolean } {
    const seconds = Math.max(0, now - this.#pricedAt) / 1000
    this.#pricedAt = now
    const step = VOLATILITY * Math.sqrt(seconds) * this.#gauss()
    // A market idle for days must not end at zero or infinity.
    this.#price = Math.min(1e6, Math.max(1, this.#price * Math.exp(step)))
    const tick = tickOf(this.#price)
    this.#position = {
      ...this.#position,
      tick_current: tick,
      price_current: this.#price,
      last_update: localTime(now),
    }
    return { outOfRange: tick < this.#position.tick_lower || tick >= this.#position.tick_upper }
  }

  /** The position after its liquidity was taken out: three transactions. */
  close(now: number): void {
    this.#position = {
      ...this.#position,
      tx_decrease: this.#hash(),
      tx_collect: this.#hash(),
      tx_burn: this.#hash(),
      is_open: false,
      last_update: localTime(now),
    }
  }

  /** A new position around the current price: two transactions more. */
  reopen(now: number): void {
    const { tx_decrease, tx_collect, tx_burn, tokenID } = this.#position
    const next = tokenID + 1 + Math.floor(this.#random() * 40)
    this.#position = { ...this.#open(now, next), tx_decrease, tx_collect, tx_burn }
    this.#position.tx_swap = this.#hash()
  }

  #open(now: number, tokenID: number): Position {
    const tick = tickOf(this.#price)
    const centre = Math.floor(tick / TICK_SPACING) * TICK_SPACING
    const lower = centre - HALF_RANGE * TICK_SPACING
    const upper = centre + (HALF_RANGE + 1) * TICK_SPACING
    return {
      tick_lower: lower,
      tick_upper: upper,
      tick_current: tick,
      tick_initial: tick,
      range_lower: 1.0001 ** lower,
      range_upper: 1.0001 ** upper,
      price_current: this.#price,
      price_initial: this.#price,
      tokenID,
      tx_mint: this.#hash(),
      tx_swap: null,
      tx_decrease: null,
      tx_collect: null,
      tx_burn: null,
      is_open: true,
      last_update: localTime(now),
    }
  }

  #gauss(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()))
    return radius * Math.cos(2 * Math.PI * this.#random())
  }

  #hash(): string {
    const word = () => Math.floor(this.#random() * 2 ** 32).toString(16)
    return `0x${Array.from({ length: 8 }, () => word().padStart(8, '0')).join('')}`
  }
}

function tickOf(price: number): number {
  return Math.floor(Math.log(price) / Math.log(1.0001))
}

/** `YYYY-MM-DD HH:MM:SS` in this machine's time zone, as the real engine writes it. */
function localTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}

/** A small random generator with 32 bits of state: numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
