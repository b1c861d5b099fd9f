/** A gap in our own rounds longer than this was an outage of Redis, or of ours, ms. */
const GAP = 6000
/** After one, workers get this long to speak first, ms. */
const HEARING = 12_000

/** Says whether the workers are to be heard before their slots are closed over their heads. */
export class Hearing {
  #lastRound = 0
  #until = 0

  /** For a round at `now`, epoch ms. */
  isOn(now: number): boolean {
    if (now - this.#lastRound > GAP) this.#until = now + HEARING
    this.#lastRound = now
    return this.#until > now
  }
}
