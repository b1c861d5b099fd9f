/** The lease is asked for at least this long before the slot, ms. */
const LEAST = 25
/** A quarter of what is asked for: an answer this many times slower than lately is still in time. */
const FACTOR = 4
/** Weight of the newest measurement. */
const WEIGHT = 0.1

/**
 * How long before the slot the lease is asked for: short, so that a worker that dies while it waits
 * has left nothing behind, and long enough for the answer, measured as Redis answered lately.
 */
export class Margin {
  #usual = 0

  /** ms */
  current(): number {
    return Math.max(LEAST, this.#usual * FACTOR)
  }

  observe(ms: number): void {
    this.#usual += (ms - this.#usual) * WEIGHT
  }
}
