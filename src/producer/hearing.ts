/** A gap in our own rounds longer than this was an outage of Redis, or of ours, ms. */
const GAP = 6000
/** After one, others get this long to speak first, ms. */
const HEARING = 12_000

/** Says whether others are to be heard first, before something is decided over their heads. */
export class Hearing {
  #lastRound = 0
  #until = 0

  /** Begins anew: who was waited for was there. */
  again(now: number): void {
    this.#until = now + HEARING
  }

  /** For a round at `now`, epoch ms. */
  isOn(now: number): boolean {
    if (now - this.#lastRound > GAP) this.#until = now + HEARING
    this.#lastRound = now
    return this.#until > now
  }
}
