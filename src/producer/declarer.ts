import type { Config } from '../config.ts'
import type { Events } from '../events.ts'
import type { Check } from '../health/check.ts'
import { QUEUE } from '../jobs.ts'
import type { Declared } from '../ledger/declared.ts'
import { forgetIntents, intentOf } from '../ledger/intents.ts'
import type { Keys } from '../ledger/keys.ts'
import { presences } from '../presence.ts'
import type { Redis } from '../redis.ts'
import { isAhead } from '../set-back.ts'
import { Since } from '../since.ts'
import { Agreement } from './agreement.ts'
import type { Outcome } from './claim.ts'
import { type Declaration, declare, reopen } from './declare.ts'
import { Hearing } from './hearing.ts'
import type { Memory } from './memory.ts'
import { putRight } from './put-right.ts'
import { redeclare } from './redeclare.ts'
import { Rewind } from './rewind.ts'
import { schedulesOf } from './schedules.ts'

export interface DeclarerOptions {
  config: Config
  events: Events
  redis: Redis
  keys: Keys
  memory: Memory
  /** Declares whatever other producers want. */
  force: boolean
  /** Hears that one schedule is done. */
  stepped: () => void
}

/** What one producer wants to be declared, and what has become of it. */
export class Declarer {
  readonly #options: DeclarerOptions
  readonly #agreement: Agreement
  readonly #rewind: Rewind
  readonly #hearing = new Hearing()
  readonly #since = new Since()
  #at = this.#since.at()
  #outcome: Outcome = { how: 'superseded' }

  constructor(options: DeclarerOptions) {
    this.#options = options
    const { redis, keys, events, config, memory } = options
    const stalledCheck = `${config.redis.prefix}:${QUEUE}:stalled-check`
    const keep = config.retention.runs
    this.#rewind = new Rewind({ redis, keys, events, memory, keep, stalledCheck })
    this.#agreement = new Agreement({ redis, keys, events, id: config.worker.id })
  }

  /** One that is `passing`, and ends then, is not asked for its consent by others. */
  async declare(passing: boolean): Promise<Outcome> {
    this.#outcome = await declare({ ...this.#declaration(), passing }, this.#schedules())
    return this.#outcome
  }

  /** Takes back what stands ahead of now. */
  putRight(): Promise<void> {
    return putRight(this.#declaration(), this.#rewind)
  }

  /** By how many ms the books are ahead of now and could not be put right yet; 0 for nothing. */
  get ahead(): number {
    return this.#rewind.ahead
  }

  /** Declares again what was lost, or what had to wait. */
  async redeclare(): Promise<void> {
    const [schedules, outcome, hearing] = [this.#schedules(), this.#outcome, this.#hearing]
    const { memory } = this.#options
    const now = await redeclare(this.#declaration(), { memory, schedules, outcome, hearing })
    this.#outcome = now.outcome
    this.#at = now.at
  }

  /** Opens the books of what somebody has declared. */
  reopen(declared: Declared): Promise<void> {
    return reopen(this.#declaration(), declared)
  }

  /** Looks whether other producers want the same. */
  async compare(): Promise<void> {
    const { redis, keys, config } = this.#options
    const present = await presences(redis, keys)
    await forgetIntents(redis, keys, present)
    const intent = intentOf(this.#since.at(), this.#schedules(), config.retry.attempts)
    await this.#agreement.look(intent, this.#outcome, present)
  }

  /** Nobody is to ask any more what it wants. */
  leave(): Promise<void> {
    return this.#agreement.leave()
  }

  checks(): Check[] {
    return this.#agreement.checks()
  }

  #schedules() {
    return schedulesOf(this.#options.config)
  }

  #declaration(): Declaration {
    const { config, events, redis, keys, memory, force, stepped } = this.#options
    const { retention, retry, worker } = config
    const since = this.#since.at()
    // Declared before the clock was set back, it was declared no later than now.
    if (isAhead(this.#at, 0, Date.now())) this.#at = since
    return {
      ...{ redis, keys, events, by: worker.id, at: this.#at, since, force, stepped },
      ...{ attempts: retry.attempts, keepRemoved: retention.runsAge },
      closedOf: schedule => memory.closedOf(schedule),
      paused: () => memory.paused(),
    }
  }
}
