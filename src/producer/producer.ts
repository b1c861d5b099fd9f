import { setTimeout as sleep } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { Company } from '../company.ts'
import type { Config } from '../config.ts'
import { doneWithin } from '../deadline.ts'
import type { Events } from '../events.ts'
import { type FitnessOptions, proveFit } from '../fitness.ts'
import type { Check } from '../health/check.ts'
import { QUEUE, type Schedule } from '../jobs.ts'
import {
  type Declared,
  declaredSchedules,
  isDeclared,
  removedSchedules,
} from '../ledger/declared.ts'
import { type Keys, keysOf } from '../ledger/keys.ts'
import { Lapses } from '../ledger/lapses.ts'
import { Ledger } from '../ledger/ledger.ts'
import { trimStats } from '../ledger/stats.ts'
import { Announcer, forgetGone } from '../presence.ts'
import { queueErrors } from '../queue-errors.ts'
import { createRedis, type Redis, whereOf } from '../redis.ts'
import { repeatStrategy } from '../ticks.ts'
import { Books } from './books.ts'
import type { Outcome } from './claim.ts'
import { Declarer } from './declarer.ts'
import { Hearing } from './hearing.ts'
import { Memory } from './memory.ts'
import { Progress } from './progress.ts'
import { type Reconciliation, reconcile, removeUndeclared } from './reconcile.ts'

/** How often the chain is verified and the books are closed, ms. */
const PERIOD = 2000
/** After a registration that Redis refused (a wrong password, a full disk), ms. */
const RETRY = 1000
/** How long the end waits for a round that is under way, ms. */
const LAST_ROUND = 2000

export interface ProducerOptions {
  config: Config
  events: Events
  version: string
  /** Declares whatever other producers want. */
  force?: boolean
}

/**
 * Declares the schedules, then verifies, repairs and closes the books every two seconds until
 * stopped. Any number may run; start() and stop() may each be called more than once.
 */
export class Producer {
  readonly #options: ProducerOptions
  readonly #redis: Redis
  readonly #keys: Keys
  readonly #queue: Queue
  readonly #books: Books
  readonly #hearing = new Hearing()
  readonly #progress: Progress
  readonly #declarer: Declarer
  readonly #announcer: Announcer
  readonly #fitness: FitnessOptions
  readonly #company: Company
  readonly #warn: (error: unknown) => void
  readonly #stepped = () => this.#progress.stepped()
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> = Promise.resolve()
  #stopped = false
  #stopping: Promise<void> | undefined

  constructor(options: ProducerOptions) {
    this.#options = options
    const { config, events, version, force = false } = options
    const { prefix } = config.redis
    const keys = keysOf(prefix)
    this.#keys = keys
    const redis = createRedis(config.redis, 'producer', events)
    this.#redis = redis
    this.#fitness = { redis, config, events, part: 'producer' }
    this.#queue = new Queue(QUEUE, { connection: redis, prefix, settings: { repeatStrategy } })
    this.#warn = queueErrors('producer', redis, events)
    this.#queue.on('error', this.#warn)
    this.#progress = new Progress({ redis, warn: this.#warn })
    const { retention, timing } = config
    const lapses = new Lapses(events, 'producer')
    const ledger = new Ledger({ redis, keys, retention, lapses })
    const memory = new Memory({ redis, keys, events })
    const stepped = this.#stepped
    this.#declarer = new Declarer({ config, events, redis, keys, memory, force, stepped })
    this.#books = new Books({ redis, keys, events, retention, ledger, memory, ...timing, stepped })
    const of = { redis, keys, events, part: 'producer', id: config.worker.id } as const
    this.#company = new Company({ ...of, where: whereOf(config.redis) })
    const measure = () => ({ lapses: lapses.list() })
    this.#announcer = new Announcer({ ...of, version, measure })
  }

  /**
   * Registers the schedules, for a process that ends then; resolves, when the first ticks of what
   * counts are placed, to what has become of the declaration.
   */
  async register(): Promise<Outcome> {
    await proveFit(this.#fitness)
    return this.#declare(true)
  }

  async #declare(passing: boolean): Promise<Outcome> {
    const { config, events } = this.#options
    const outcome = await this.#declarer.declare(passing)
    const reconciliation = await this.#reconciliation(true)
    if (outcome.how === 'declared') await removeUndeclared(reconciliation)
    await reconcile(reconciliation)
    events.emit('started', { part: 'producer', detail: config.worker.name })
    return outcome
  }

  /** Registers as soon as Redis lets it, and goes on verifying. */
  async start(): Promise<void> {
    if (this.#timer !== undefined || this.#stopped) return
    if (this.#options.config.health.port !== null) this.#progress.start()
    while (!this.#stopped && !(await this.#progress.made(() => this.#enter()))) await sleep(RETRY)
    if (this.#stopped) return
    this.#announcer.start()
    this.#company.start()
    this.#schedule(0)
  }

  checks(): Check[] {
    const progress = this.#progress.checks(this.#timer !== undefined)
    return [...progress, ...this.#declarer.checks(), ...this.#company.checks()]
  }

  /** Who starts at the same moment is to know that this one lives, before either declares. */
  async #enter(): Promise<void> {
    await this.#redis.ping()
    await proveFit(this.#fitness)
    await this.#announcer.announce()
    await this.#declare(false)
  }

  /** Resolves when everything is closed, which does not wait for a Redis that is out of reach. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#stopped = true
    this.#progress.stop()
    this.#company.stop()
    clearTimeout(this.#timer)
    // Without Redis a round waits for it, and so would its end.
    if (this.#redis.status === 'ready') await doneWithin(LAST_ROUND, this.#round)
    if (this.#redis.status === 'ready') await doneWithin(LAST_ROUND, this.#declarer.leave())
    await this.#announcer.stop()
    this.#redis.disconnect()
    await doneWithin(LAST_ROUND, this.#queue.close())
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

  /** Each duty is done whatever becomes of the others. */
  async #verify(): Promise<void> {
    const { config } = this.#options
    await this.#duty(() => this.#declarer.redeclare())
    const reconciliation = await this.#reconciliation(false)
    const schedules = reconciliation.declared.map(({ schedule }) => schedule)
    await this.#duty(() => reconcile(reconciliation))
    await this.#duty(() => this.#closeBooks(reconciliation.declared))
    await this.#duty(() => forgetGone(this.#redis, this.#keys))
    await this.#duty(() => this.#declarer.compare())
    await this.#duty(() => trimStats(this.#redis, this.#keys, schedules, config.retention.statsAge))
  }

  async #duty(act: () => Promise<void>): Promise<void> {
    if (!this.#stopped) await this.#progress.made(act)
  }

  async #closeBooks(declared: readonly Declared[]): Promise<void> {
    const removed = await removedSchedules(this.#redis, this.#keys)
    const all = [...declared, ...removed.values()].map(({ schedule }) => schedule)
    const { lost, ended } = await this.#books.close(all, this.#hearing.isOn(Date.now()))
    for (const one of declared) {
      if (lost.includes(one.schedule.id)) await this.#declarer.reopen(one)
    }
    const over = [...lost, ...ended].filter(id => removed.has(id))
    if (over.length > 0) await this.#redis.hdel(this.#keys.removed, ...over)
  }

  async #reconciliation(first: boolean): Promise<Reconciliation> {
    const { config, events } = this.#options
    const declared = [...(await declaredSchedules(this.#redis, this.#keys)).values()]
    const stands = (schedule: Schedule) => isDeclared(this.#redis, this.#keys, schedule)
    const common = { redis: this.#redis, queue: this.#queue, events, stepped: this.#stepped }
    return { ...common, declared, isDeclared: stands, attempts: config.retry.attempts, first }
  }
}
