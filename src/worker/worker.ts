import { type Job, UnrecoverableError, WaitingError } from 'bullmq'
import { Company } from '../company.ts'
import type { Config } from '../config.ts'
import { doneWithin } from '../deadline.ts'
import type { Events } from '../events.ts'
import { untilFit } from '../fitness.ts'
import type { Check } from '../health/check.ts'
import { keysOf } from '../ledger/keys.ts'
import { Lapses } from '../ledger/lapses.ts'
import { Ledger } from '../ledger/ledger.ts'
import { Announcer } from '../presence.ts'
import { queueErrors } from '../queue-errors.ts'
import { createRedis, type Redis, whereOf } from '../redis.ts'
import { claimedAssignment } from './claimed.ts'
import { Claimer, wakeAnother } from './claimer.ts'
import { Claiming } from './claiming.ts'
import { engineClients } from './engines.ts'
import { hold, Pace, Stop } from './hold.ts'
import { logEnding, summaryOf } from './job-log.ts'
import { Keeper } from './keeper.ts'
import { Leases } from './lease.ts'
import { Margin } from './margin.ts'
import { Payloads } from './payloads.ts'
import { RetryError } from './retry-error.ts'
import { perform } from './run.ts'
import type { Ending, Runner } from './runner.ts'
import { Tokens } from './tokens.ts'

/** How long a stopping worker waits for Redis to take a tick back, ms. */
const GIVING_BACK = 2000

export interface WorkerOptions {
  config: Config
  events: Events
  version: string
}

/**
 * Claims ticks from the queue and performs their runs, many at a time, until stopped. start() and
 * stop() may each be called once or more; stop() before start() is fine.
 */
export class Worker {
  readonly #options: WorkerOptions
  readonly #redis: Redis
  readonly #runner: Runner
  readonly #announcer: Announcer
  readonly #company: Company
  readonly #claiming: Claiming
  readonly #payloads = new Payloads()
  readonly #stopping = new Stop()
  readonly #ending = new Stop()
  #queue: Claimer | undefined
  #busy = 0
  #gaveBack = false
  #started = false
  #runs = 0
  #stopped: Promise<void> | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
    const { config, events, version } = options
    const keys = keysOf(config.redis.prefix)
    const { name, id } = config.worker
    const redis = createRedis(config.redis, 'worker', events)
    this.#redis = redis
    this.#claiming = new Claiming({ redis, keys, config, busy: () => this.#busy })
    const leases = new Leases({ redis, keys })
    const tokens = new Tokens(events)
    const lapses = new Lapses(events, 'worker')
    this.#runner = {
      leases,
      ledger: new Ledger({ redis, keys, retention: config.retention, lapses }),
      events,
      engines: engineClients(config, tokens),
      worker: name,
      process: id,
      timing: config.timing,
      backoff: config.retry.backoff,
      dryRun: config.dryRun,
      stopping: this.#stopping,
      pace: new Pace(),
      ending: this.#ending,
      keeper: new Keeper({ leases, events }),
      writing: new Set(),
      margin: new Margin(),
      refused: queueErrors('worker', redis, events),
    }
    const dry = config.dryRun ? { dryRun: true as const } : {}
    const facts = () => ({ tokens: tokens.facts(), lapses: lapses.list() })
    const measure = () => ({ ...dry, busy: this.#busy, runs: this.#runs, ...facts() })
    const where = whereOf(config.redis)
    this.#company = new Company({ redis, keys, events, part: 'worker', id, where })
    this.#announcer = new Announcer({ redis, keys, events, part: 'worker', id, version, measure })
  }

  /** Resolves when the worker claims. */
  async start(): Promise<void> {
    if (this.#started || this.#stopping.stopped) return
    this.#started = true
    const { config, events } = this.#options
    const redis = this.#redis
    const fit = { redis, config, events, part: 'worker' }
    if (!(await untilFit(fit, () => this.#stopping.stopped))) return
    const process = (job: Job, token: string) => this.#process(job, token)
    this.#queue = new Claimer({ config, redis, process })
    this.#queue.on('error', queueErrors('worker', redis, events))
    this.#queue.on('error', () => this.#claiming.sign())
    if (config.health.port !== null) this.#claiming.start()
    await this.#queue.waitUntilReady()
    if (this.#stopping.stopped) return
    this.#announcer.start()
    this.#company.start()
    this.#runner.keeper.start()
    const dry = config.dryRun ? ', DRY RUN: it makes no calls' : ''
    events.emit('started', { part: 'worker', detail: `${config.worker.name}${dry}` })
  }

  checks(): Check[] {
    const isMeant = !this.#stopping.stopped && this.#queue?.isRunning() === true
    const claiming = this.#claiming.checks(isMeant && !this.#queue?.isPaused())
    return [...claiming, ...this.#company.checks()]
  }

  /**
   * Claims no more, gives back what it holds and has not sent, waits for calls in flight for up to
   * `shutdownTimeout` ms, then abandons them. Resolves when everything is closed.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    const { config, events } = this.#options
    const closed = this.#queue?.close().then(() => Promise.all(this.#runner.writing))
    this.#stopping.stop()
    this.#claiming.stop()
    this.#company.stop()
    const inTime = new Stop()
    await Promise.race([closed?.then(() => inTime.stop()), this.#abandon(inTime)])
    this.#runner.keeper.stop()
    if (this.#gaveBack) {
      await doneWithin(GIVING_BACK, wakeAnother(this.#redis, config.redis.prefix))
    }
    await this.#announcer.stop()
    await this.#closeEngines()
    this.#redis.disconnect()
    events.emit('stopped', { part: 'worker', detail: config.worker.name })
  }

  /** When the time for calls in flight is over: gives them up, and a moment to write their verdicts. */
  async #abandon(inTime: Stop): Promise<void> {
    const { shutdownTimeout } = this.#options.config.timing
    const until = Date.now() + shutdownTimeout
    while ((this.#busy > 0 || this.#runner.writing.size > 0) && Date.now() < until) {
      if (!(await hold(Math.min(Date.now() + 100, until), inTime))) return
    }
    this.#ending.stop()
    await this.#closeEngines()
    await hold(Date.now() + 1000, inTime)
  }

  async #closeEngines(): Promise<void> {
    for (const engine of this.#runner.engines.values()) await engine.close()
  }

  async #process(job: Job, lock: string): Promise<object> {
    this.#claiming.sign()
    const { maxLateness } = this.#options.config.timing
    const payloads = this.#payloads
    const assignment = claimedAssignment({ job, token: lock, payloads, maxLateness })
    this.#busy += 1
    try {
      return await this.#answer(job, lock, await perform(this.#runner, assignment))
    } finally {
      this.#busy -= 1
    }
  }

  /** What BullMQ is told: Bull Board shows it on the job. */
  async #answer(job: Job, lock: string, ending: Ending): Promise<object> {
    const worker = this.#options.config.worker.name
    if (this.#queue !== undefined) logEnding({ queue: this.#queue, job, ending, worker })
    switch (ending.how) {
      case 'idle':
        return { verdict: null, reason: ending.why }
      case 'retry':
        throw new RetryError(ending.reason, ending.delay)
      case 'gave-back':
        this.#gaveBack = true
        // Where Redis is out of reach, the end of the lock gives it back.
        await doneWithin(GIVING_BACK, job.moveToWait(lock))
        throw new WaitingError()
      case 'ended': {
        this.#runs += 1
        const summary = summaryOf(ending.run)
        const { verdict, reason } = summary
        if (verdict !== 'failed' && verdict !== 'unknown') return summary
        await job.updateProgress(summary)
        throw new UnrecoverableError(`${verdict}: ${reason}`)
      }
      default:
        return ending satisfies never
    }
  }
}
