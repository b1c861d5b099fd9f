/** A gap in our own rounds longer than this was an outage of Redis, or of ours, or a clock was set, ms. */
const GAP = 6000
/** After one, others get this long to speak first, ms. */
const HEARING = 12_000

/** Says whether others are to be heard first, before something is decided over their heads. */
export class Hearing {
  #lastRound = 0
  #until = 0

  /** Begins anew: who was waited for was there. */
  again(): void {
    this.#until = performance.now() + HEARING
  }

  /** For a round at `now`, epoch ms. It lasts by a clock that nobody sets. */
  isOn(now: number): boolean {
    const running = performance.now()
    if (Math.abs(now - this.#lastRound) > GAP) this.#until = running + HEARING
    this.#lastRound = now
    return this.#until > running
  }
}
