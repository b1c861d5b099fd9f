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
  readonly #say: (message: string) => void
  readonly #standing = new Map<Step, string>()

  constructor(say: (message: string) => void) {
    this.#say = say
  }

  /** `refusal` is why, in a sentence; null when it was done. */
  note(step: Step, refusal: string | null): void {
    if (refusal === null) return void this.#standing.delete(step)
    const message = `${refusal}; until then ${EFFECTS[step]}`
    if (this.#standing.get(step) === message) return
    this.#standing.set(step, message)
    this.#say(message)
  }

  /** Those that stand. */
  list(): string[] {
    return [...this.#standing.values()]
  }
}
