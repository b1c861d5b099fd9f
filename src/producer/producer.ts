import { Queue } from 'bullmq'
import type { Config } from '../config.ts'
import type { Events } from '../events.ts'
import { QUEUE } from '../jobs.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { keysOf } from '../ledger/keys.ts'
import { Ledger } from '../ledger/ledger.ts'
import { trimStats } from '../ledger/stats.ts'
import { Announcer, forgetGone } from '../presence.ts'
import { createRedis, type Redis } from '../redis.ts'
import { repeatStrategy } from '../ticks.ts'
import { Books } from './books.ts'
import { declare } from './declare.ts'
import { type Reconciliation, reconcile, removeUndeclared } from './reconcile.ts'
import { schedulesOf } from './schedules.ts'

/** How often the chain is verified and the books are closed, ms. */
const PERIOD = 2000
/** After a gap in our own rounds (an outage of Redis), workers get this long to speak first, ms. */
const HEARING = 12_000

export interface ProducerOptions {
  config: Config
  events: Events
  version: string
}

/**
 * Declares the schedules, then verifies, repairs and closes the books every two seconds until
 * stopped. Any number may run; start() and stop() may each be called more than once.
 */
export class Producer {
  readonly #options: ProducerOptions
  readonly #redis: Redis
  readonly #queue: Queue
  readonly #books: Books
  readonly #announcer: Announcer
  readonly #at = Date.now()
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> = Promise.resolve()
  #lastRound = 0
  #speakAfter = 0
  #stopped = false

  constructor(options: ProducerOptions) {
    this.#options = options
    const { config, events, version } = options
    const keys = keysOf(config.redis.prefix)
    const redis = createRedis(config.redis, 'producer', events)
    this.#redis = redis
    this.#queue = new Queue(QUEUE, {
      connection: redis,
      prefix: config.redis.prefix,
      settings: { repeatStrategy },
    })
    this.#queue.on('error', error =>
      events.emit('warning', { part: 'producer', message: error.message }),
    )
    const { retention, timing } = config
    const ledger = new Ledger({ redis, keys, retention })
    this.#books = new Books({ redis, keys, events, retention, ledger, ...timing })
    const { name } = config.worker
    this.#announcer = new Announcer({ redis, keys, part: 'producer', name, version })
  }

  /** Registers the schedules; resolves when their first ticks are placed. */
  async register(): Promise<void> {
    const { config, events } = this.#options
    const standing = await this.#declare()
    const reconciliation = await this.#reconciliation(true)
    if (standing) await removeUndeclared(reconciliation)
    await reconcile(reconciliation)
    events.emit('started', { part: 'producer', detail: config.worker.name })
  }

  /** Registers, and goes on verifying. */
  async start(): Promise<void> {
    if (this.#timer !== undefined || this.#stopped) return
    await this.register()
    if (this.#stopped) return
    this.#announcer.start()
    this.#schedule(0)
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    clearTimeout(this.#timer)
    // Without Redis a round waits for it, and so would its end.
    if (this.#redis.status === 'ready') await this.#round
    await this.#announcer.stop()
    this.#redis.disconnect()
    await this.#queue.close()
    const { config, events } = this.#options
    events.emit('stopped', { part: 'producer', detail: config.worker.name })
  }

  #schedule(delay: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#round = this.#verify()
        .catch((error: unknown) => this.#warn(error))
        .finally(() => this.#schedule(PERIOD))
    }, delay)
  }

  async #verify(): Promise<void> {
    const { config } = this.#options
    const keys = keysOf(config.redis.prefix)
    const declared = await declaredSchedules(this.#redis, keys)
    // Everything was lost: what we declared at our start is declared again.
    if (declared.size === 0) await this.#declare()
    const reconciliation = await this.#reconciliation(false)
    await reconcile(reconciliation)
    const now = Date.now()
    if (now - this.#lastRound > 3 * PERIOD) this.#speakAfter = now + HEARING
    this.#lastRound = now
    const patient = this.#speakAfter > now
    await this.#books.close(reconciliation.schedules, patient)
    await forgetGone(this.#redis, keys)
    await trimStats(this.#redis, keys, reconciliation.schedules, config.retention.statsAge)
  }

  #declare(): Promise<boolean> {
    const { config, events } = this.#options
    const keys = keysOf(config.redis.prefix)
    const { runsAge } = config.retention
    const who = { by: config.worker.name, at: this.#at, keepRemoved: runsAge }
    return declare({ redis: this.#redis, keys, events, ...who }, schedulesOf(config))
  }

  async #reconciliation(first: boolean): Promise<Reconciliation> {
    const { config, events } = this.#options
    const declared = await declaredSchedules(this.#redis, keysOf(config.redis.prefix))
    const schedules = [...declared.values()].map(({ schedule }) => schedule)
    const { attempts } = config.retry
    return { queue: this.#queue, events, schedules, attempts, first }
  }

  #warn(error: unknown): void {
    if (this.#stopped) return
    const { message } = error as Error
    this.#options.events.emit('warning', { part: 'producer', message })
  }
}
