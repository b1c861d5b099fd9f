import { isDeepStrictEqual } from 'node:util'
import type { Events } from '../events.ts'
import type { Check } from '../health/check.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { type Disagreement, disagreements, sentenceOf } from '../ledger/disagreements.ts'
import type { Intent } from '../ledger/intents.ts'
import type { Keys } from '../ledger/keys.ts'
import type { Present } from '../presence.ts'
import type { Redis } from '../redis.ts'
import { type Outcome, wordsOf } from './claim.ts'

/** What is gone for so long has ended, and is said again if it comes back, ms. */
const FORGET = 60_000

/** Says in the log, once each, that this producer and others disagree on what is to be declared. */
export class Agreement {
  readonly #redis: Redis
  readonly #keys: Keys
  readonly #events: Events
  readonly #id: string
  /** When it was seen last, ms of performance.now(). */
  readonly #said = new Map<string, number>()
  #open: readonly Disagreement[] = []
  #written: Intent | undefined

  constructor(options: { redis: Redis; keys: Keys; events: Events; id: string }) {
    this.#redis = options.redis
    this.#keys = options.keys
    this.#events = options.events
    this.#id = options.id
  }

  /** Sees to it that the others can read what this producer wants, and looks what they want. */
  async look(intent: Intent, outcome: Outcome, present: readonly Present[]): Promise<void> {
    await this.#write({ ...intent, waits: outcome.how === 'refused' })
    const declared = await declaredSchedules(this.#redis, this.#keys)
    this.#open = await disagreements(this.#redis, this.#keys, { present, declared })
    const now = performance.now()
    for (const one of this.#open) {
      // Not by who it is: a process that is restarted again and again says nothing new.
      const { print, id, differences } = one
      const key = id === this.#id ? `${outcome.how} ${differences.join()}` : print
      if (!this.#said.has(key)) this.#say(one, outcome)
      this.#said.set(key, now)
    }
    const before = this.#said.size
    for (const [key, seen] of this.#said) if (now - seen > FORGET) this.#said.delete(key)
    if (before > 0 && this.#said.size === 0) this.#events.emit('producers-agree', {})
  }

  /** Takes this producer's intent away: it ends. */
  async leave(): Promise<void> {
    await this.#redis.hdel(this.#keys.intents, this.#id)
  }

  checks(): Check[] {
    const [first] = this.#open
    const detail = first === undefined ? 'no producer disagrees' : sentenceOf(first)
    return [{ name: 'agreement', probe: 'healthz', ok: first === undefined, detail }]
  }

  async #write(intent: Intent): Promise<void> {
    const json = JSON.stringify(intent)
    const same = isDeepStrictEqual(intent, this.#written)
    // In the steady state only what was lost is written.
    if (same) await this.#redis.hsetnx(this.#keys.intents, this.#id, json)
    else await this.#redis.hset(this.#keys.intents, this.#id, json)
    this.#written = intent
  }

  #say({ id, producer, since, differences, counts }: Disagreement, outcome: Outcome): void {
    const { by, at } = counts
    const about = { by, at, differences }
    if (id !== this.#id) this.#events.emit('producers-disagree', { producer, since, ...about })
    else if (outcome.how !== 'refused') this.#events.emit('declaration-superseded', about)
    else this.#events.emit('declaration-refused', { what: wordsOf(outcome), ...about })
  }
}
