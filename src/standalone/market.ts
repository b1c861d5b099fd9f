const START_PRICE = 2400
/** Of the price's logarithm, for one second. */
const VOLATILITY = 0.0004
/** A dollar has 6 decimals on the chain, an ether 18, and ticks count ethers per dollar. */
const SCALE = 1e12
const STEP = Math.log(1.0001)

/** A price that walks at random: the same seed and the same times (epoch ms) give the same walk. */
export class Market {
  readonly #random: () => number
  #price = START_PRICE
  #pricedAt: number

  constructor(options: { seed: number; now: number }) {
    this.#random = mulberry32(options.seed)
    this.#pricedAt = options.now
  }

  /** The price at `now`. */
  observe(now: number): number {
    const seconds = Math.max(0, now - this.#pricedAt) / 1000
    this.#pricedAt = now
    const walked = this.#price * Math.exp(VOLATILITY * Math.sqrt(seconds) * this.#gauss())
    // A market idle for days must not end at zero or infinity.
    this.#price = Math.min(1e6, Math.max(1, walked))
    return this.#price
  }

  /** Moves the price further than any range reaches. */
  jump(): void {
    this.#price *= this.#price < 1e5 ? 1.02 : 0.5
  }

  /** Up to so many, at random. */
  count(most: number): number {
    return 1 + Math.floor(this.#random() * most)
  }

  /** The hash of a transaction. */
  hash(): string {
    const word = () => Math.floor(this.#random() * 2 ** 32).toString(16)
    return `0x${Array.from({ length: 8 }, () => word().padStart(8, '0')).join('')}`
  }

  #gauss(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()))
    return radius * Math.cos(2 * Math.PI * this.#random())
  }
}

/** The tick of a price. It falls as the price rises. */
export function tickOf(price: number): number {
  return Math.floor(Math.log(SCALE / price) / STEP)
}

/** The price at which a tick begins. */
export function priceOf(tick: number): number {
  return SCALE / ratioOf(tick)
}

/** What the chain itself counts in: its smallest unit of ether per smallest unit of dollar. */
export function ratioOf(tick: number): number {
  return Math.exp(tick * STEP)
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
