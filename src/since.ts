import { AHEAD } from './set-back.ts'

/** Since when something runs; it stays as old as it is when the clock is set back. */
export class Since {
  #at = Date.now()
  readonly #running = performance.now()

  /** Epoch ms; the same at every question, unless it would lie ahead of now. */
  at(): number {
    if (this.#at > Date.now() + AHEAD) {
      this.#at = Math.round(Date.now() - (performance.now() - this.#running))
    }
    return this.#at
  }
}
