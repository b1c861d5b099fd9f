import type { Events } from './events.ts'
import type { Check } from './health/check.ts'
import type { Keys } from './ledger/keys.ts'
import { namesakes, sameNames } from './namesakes.ts'
import { ABSENT, isGone, type Present, presences } from './presence.ts'
import type { Redis } from './redis.ts'

/** How often it is looked who else is there, ms. */
const PERIOD = 2000
/** Where nobody was there for so long, that is no restart, ms. */
const RESTART = 6000

export interface CompanyOptions {
  redis: Redis
  keys: Keys
  events: Events
  part: Present['part']
  id: string
  /** Where it looks for company, for people. */
  where: string
}

/**
 * Looks whether the other part is there, and whether another process has this one's name: a worker
 * with another prefix or database than its producers would wait for ever without a word.
 */
export class Company {
  readonly #options: CompanyOptions
  #timer: NodeJS.Timeout | undefined
  /** Of performance.now(): when the other part was there last, or might have been. */
  #seen = 0
  #problems: readonly string[] = []

  constructor(options: CompanyOptions) {
    this.#options = options
  }

  start(): void {
    this.#seen = performance.now()
    this.#timer ??= setInterval(() => void this.#look().catch(() => 0), PERIOD)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  checks(): Check[] {
    const [first] = this.#problems
    const fine = 'the other part is there, and nobody has the same name'
    return [{ name: 'company', probe: 'healthz', ok: first === undefined, detail: first ?? fine }]
  }

  async #look(): Promise<void> {
    const { redis, keys, events, part } = this.#options
    if (redis.status !== 'ready') {
      // Nobody can be heard of, and after that everybody needs a moment to speak.
      this.#seen = performance.now()
      return
    }
    const now = Date.now()
    const alive = (await presences(redis, keys)).filter(it => !isGone(it, now))
    const problems = [...this.#alone(alive), ...this.#sameName(alive)]
    for (const problem of problems) {
      if (!this.#isKnown(problem)) events.emit('warning', { part, message: problem })
    }
    if (problems.length === 0 && this.#problems.length > 0) events.emit('company', { part })
    this.#problems = problems
  }

  /** Times and numbers within it may differ. */
  #isKnown(problem: string): boolean {
    const kind = (text: string) => text.slice(0, text.indexOf(':'))
    return this.#problems.some(known => kind(known) === kind(problem))
  }

  #alone(alive: readonly Present[]): string[] {
    const { part, where } = this.#options
    const now = performance.now()
    if (alive.some(other => other.part !== part)) this.#seen = now
    if (now - this.#seen < RESTART) return []
    const other = part === 'worker' ? 'producer' : 'worker'
    return [`${ABSENT[other]} (${where}); do all processes use this prefix and database?`]
  }

  #sameName(alive: readonly Present[]): string[] {
    const { part, id } = this.#options
    const own = namesakes(alive).filter(all => all.some(one => one.part === part && one.id === id))
    return own.map(sameNames)
  }
}
