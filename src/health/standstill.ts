/** Between two looks, ms. */
export const LOOK = 2000
/** A part that could have got on and did not for so many looks in a row is dead. */
const DEAD = 10

/**
 * Whether a part gets on, by looks that are {@link LOOK} ms apart. Looks are counted, not time, so a
 * process that was stopped or starved for a minute is not dead when it wakes.
 */
export class Standstill {
  #before: string | null = null
  #looks = 0

  /** `progress` differs whenever it got on; null when it could not, and need not. */
  see(progress: string | null): void {
    this.#looks = progress !== null && progress === this.#before ? this.#looks + 1 : 0
    this.#before = progress
  }

  get dead(): boolean {
    return this.#looks > DEAD
  }

  /** For how long it stands still, s. */
  get seconds(): number {
    return (this.#looks * LOOK) / 1000
  }
}
