import type { EventMap, Events } from '../events.ts'
import type { TokenFact } from '../presence.ts'

/** Logins that are told of: a worker of thousands of engines must not fill Redis with them. */
const MOST = 100

/** Passes on what the engine clients of one worker announce, and keeps how their logins went. */
export class Tokens {
  readonly #events: Events
  /** By engine, the one that changed last at the end. */
  readonly #facts = new Map<string, TokenFact>()

  constructor(events: Events) {
    this.#events = events
  }

  emit(
    ...[name, event]:
      | ['login', EventMap['login'][0]]
      | ['login-failed', EventMap['login-failed'][0]]
  ): void {
    const { engine } = event
    this.#facts.delete(engine)
    if (name === 'login') {
      this.#facts.set(engine, { engine, at: Date.now(), life: event.life, refused: null })
      this.#events.emit(name, event)
    } else {
      const { reason, retryAt } = event
      this.#facts.set(engine, { engine, at: null, life: null, refused: { reason, retryAt } })
      this.#events.emit(name, event)
    }
  }

  /** At most 100: refused logins first, then the newest. */
  facts(): TokenFact[] {
    const newest = [...this.#facts.values()].reverse()
    const refused = newest.filter(fact => fact.refused !== null)
    const good = newest.filter(fact => fact.refused === null)
    return [...refused, ...good].slice(0, MOST)
  }
}
