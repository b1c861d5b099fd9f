import type { Events } from '../events.ts'

/** Steps that no call and no verdict depends on, and what is missing without them. */
const EFFECTS = {
  announce: 'runs show late in `runs --follow` and on the dashboard, calls by hand not at all',
  stats: 'the numbers of the engine are not kept',
} as const
export type Step = keyof typeof EFFECTS

/**
 * What Redis refuses, but nothing that counts depends on. Each is said once, and again when it is
 * another refusal or had been over.
 */
export class Lapses {
  readonly #events: Events
  readonly #part: string
  readonly #standing = new Map<Step, string>()

  constructor(events: Events, part: string) {
    this.#events = events
    this.#part = part
  }

  /** `refusal` is why, in a sentence; null when it was done. */
  note(step: Step, refusal: string | null): void {
    if (refusal === null) return void this.#standing.delete(step)
    const message = `${refusal}; until then ${EFFECTS[step]}`
    if (this.#standing.get(step) === message) return
    this.#standing.set(step, message)
    this.#events.emit('warning', { part: this.#part, message })
  }

  /** Those that stand. */
  list(): string[] {
    return [...this.#standing.values()]
  }
}
