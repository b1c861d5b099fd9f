import { type Job, Worker as QueueWorker, UnrecoverableError, WaitingError } from 'bullmq'
import type { Config } from '../config.ts'
import { doneWithin } from '../deadline.ts'
import type { Events } from '../events.ts'
import { QUEUE } from '../jobs.ts'
import { keysOf } from '../ledger/keys.ts'
import { Ledger } from '../ledger/ledger.ts'
import { Announcer } from '../presence.ts'
import { queueErrors } from '../queue-errors.ts'
import { createRedis, type Redis } from '../redis.ts'
import { repeatStrategy } from '../ticks.ts'
import { assignmentOf } from './assignment.ts'
import { EngineClient } from './engine/client.ts'
import { hold, Pace, Stop } from './hold.ts'
import { Keeper } from './keeper.ts'
import { Leases } from './lease.ts'
import { Margin } from './margin.ts'
import { Payloads } from './payloads.ts'
import { backoffStrategy, RetryError } from './retry-error.ts'
import { perform } from './run.ts'
import type { Ending, Runner } from './runner.ts'

/** A worker that is gone is noticed within this, ms; BullMQ renews the lock of a living one. */
const LOCK = 15_000
const STALL_CHECK = 5000
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
  readonly #payloads = new Payloads()
  readonly #stopping = new Stop()
  readonly #ending = new Stop()
  #queue: QueueWorker | undefined
  #busy = 0
  #runs = 0
  #stopped: Promise<void> | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
    const { config, events, version } = options
    const keys = keysOf(config.redis.prefix)
    const { name } = config.worker
    const redis = createRedis(config.redis, 'worker', events)
    this.#redis = redis
    const { timeout } = config.timing
    const leases = new Leases({ redis, keys })
    this.#runner = {
      leases,
      ledger: new Ledger({ redis, keys, retention: config.retention }),
      events,
      engines: new Map(
        config.engines.map(engine => [engine.id, new EngineClient({ engine, timeout, events })]),
      ),
      worker: name,
      timing: config.timing,
      backoff: config.retry.backoff,
      stopping: this.#stopping,
      pace: new Pace(),
      ending: this.#ending,
      keeper: new Keeper({ leases, events }),
      writing: new Set(),
      margin: new Margin(),
    }
    const measure = () => ({ busy: this.#busy, runs: this.#runs })
    this.#announcer = new Announcer({ redis, keys, events, part: 'worker', name, version, measure })
  }

  /** Resolves when the worker claims. */
  async start(): Promise<void> {
    if (this.#queue !== undefined || this.#stopping.stopped) return
    const { config, events } = this.#options
    this.#queue = new QueueWorker(QUEUE, (job, token) => this.#process(job, token ?? ''), {
      connection: this.#redis,
      prefix: config.redis.prefix,
      name: config.worker.name,
      concurrency: config.concurrency,
      lockDuration: LOCK,
      stalledInterval: STALL_CHECK,
      // A lost wake-up costs this long at most, s.
      drainDelay: 1,
      runRetryDelay: 1000,
      settings: {
        repeatStrategy,
        backoffStrategy,
      },
    })
    this.#queue.on('error', queueErrors('worker', this.#redis, events))
    await this.#queue.waitUntilReady()
    this.#announcer.start()
    this.#runner.keeper.start()
    events.emit('started', { part: 'worker', detail: config.worker.name })
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
    const inTime = new Stop()
    await Promise.race([closed?.then(() => inTime.stop()), this.#abandon(inTime)])
    this.#runner.keeper.stop()
    await this.#announcer.stop()
    await this.#closeEngines()
    this.#redis.disconnect()
    events.emit('stopped', { part: 'worker', detail: config.worker.name })
  }

  /** When the time for calls in flight is over: gives them up, and a moment to write their verdicts. */
  async #abandon(inTime: Stop): Promise<void> {
    const { shutdownTimeout } = this.#options.config.timing
    const until = Date.now() + shutdownTimeout
    while (this.#busy > 0 && Date.now() < until) {
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
    const assignment = this.#assignment(job, lock)
    this.#busy += 1
    try {
      return await this.#answer(job, lock, await perform(this.#runner, assignment))
    } finally {
      this.#busy -= 1
    }
  }

  #assignment(job: Job, token: string) {
    const payload = this.#payloads.read(job.data)
    if (payload === null || job.id === undefined) {
      throw new UnrecoverableError('no call was made: the data of this job are of no known version')
    }
    const { attemptsMade, timestamp, opts, id } = job
    const claimed = { id, attemptsMade, attempts: opts.attempts ?? 1, timestamp, token }
    const assignment = assignmentOf(payload, claimed, this.#options.config.timing.maxLateness)
    if (assignment === null) {
      throw new UnrecoverableError('no call was made: this job has no slot; use `trigger` instead')
    }
    return assignment
  }

  /** What BullMQ is told: Bull Board shows it on the job. */
  async #answer(job: Job, lock: string, ending: Ending): Promise<object> {
    switch (ending.how) {
      case 'idle':
        return { verdict: null, reason: ending.why }
      case 'retry':
        throw new RetryError(ending.reason, ending.delay)
      case 'gave-back':
        // Where Redis is out of reach, the end of the lock gives it back.
        await doneWithin(GIVING_BACK, job.moveToWait(lock))
        throw new WaitingError()
      case 'ended': {
        this.#runs += 1
        const { verdict, reason, slot, latenessMs, durationMs, status, attempts } = ending.run
        const summary = { verdict, reason, slot, latenessMs, durationMs, status, attempts }
        if (verdict !== 'failed' && verdict !== 'unknown') return summary
        await job.updateProgress(summary)
        throw new UnrecoverableError(`${verdict}: ${reason}`)
      }
      default:
        return ending satisfies never
    }
  }
}
