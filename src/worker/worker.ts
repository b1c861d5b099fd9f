import { type Job, UnrecoverableError, WaitingError, Worker as QueueWorker } from 'bullmq'
import type { Config } from '../config.ts'
import type { Events } from '../events.ts'
import { Payload, QUEUE } from '../jobs.ts'
import { keysOf } from '../ledger/keys.ts'
import { Ledger } from '../ledger/ledger.ts'
import { Announcer } from '../presence.ts'
import { createRedis, type Redis } from '../redis.ts'
import { repeatStrategy } from '../ticks.ts'
import { assignmentOf } from './assignment.ts'
import { EngineClient } from './engine/client.ts'
import { hold } from './hold.ts'
import { Leases } from './lease.ts'
import { Margin } from './margin.ts'
import { perform } from './run.ts'
import type { Ending, Runner } from './runner.ts'

/** A worker that is gone is noticed within this, ms; BullMQ renews the lock of a living one. */
const LOCK = 15_000
const STALL_CHECK = 5000

/** Thrown to make BullMQ try again after `delay` ms. */
class RetryError extends Error {
  override readonly name = 'RetryError'
  readonly delay: number

  constructor(reason: string, delay: number) {
    super(reason)
    this.delay = delay
  }
}

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
  readonly #stopping = new AbortController()
  readonly #ending = new AbortController()
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
    this.#runner = {
      leases: new Leases({ redis, keys }),
      ledger: new Ledger({ redis, keys, retention: config.retention }),
      events,
      engines: new Map(
        config.engines.map(engine => [engine.id, new EngineClient({ engine, timeout, events })]),
      ),
      worker: name,
      timing: config.timing,
      backoff: config.retry.backoff,
      stopping: this.#stopping.signal,
      ending: this.#ending.signal,
      margin: new Margin(),
    }
    const measure = () => ({ busy: this.#busy, runs: this.#runs })
    this.#announcer = new Announcer({ redis, keys, part: 'worker', name, version, measure })
  }

  /** Resolves when the worker claims. */
  async start(): Promise<void> {
    if (this.#queue !== undefined || this.#stopping.signal.aborted) return
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
        backoffStrategy: (_attempts, _type, error) =>
          error instanceof RetryError ? error.delay : -1,
      },
    })
    this.#queue.on('error', error =>
      events.emit('warning', { part: 'worker', message: error.message }),
    )
    await this.#queue.waitUntilReady()
    this.#announcer.start()
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

  /** Abandons calls in flight at once. */
  hurry(): void {
    this.#ending.abort()
  }

  async #stop(): Promise<void> {
    const { config, events } = this.#options
    const closed = this.#queue?.close()
    this.#stopping.abort()
    const timer = setTimeout(() => this.#ending.abort(), config.timing.shutdownTimeout)
    await Promise.race([closed, this.#grace()])
    clearTimeout(timer)
    await this.#announcer.stop()
    for (const engine of this.#runner.engines.values()) await engine.close()
    this.#redis.disconnect()
    events.emit('stopped', { part: 'worker', detail: config.worker.name })
  }

  /** What closing may take once calls were abandoned: their verdicts have a moment to be written. */
  async #grace(): Promise<void> {
    const { signal } = this.#ending
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve))
    await hold(Date.now() + 1000, new AbortController().signal)
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
    const parsed = Payload.safeParse(job.data)
    if (!parsed.success || job.id === undefined) {
      throw new UnrecoverableError('no call was made: the data of this job are of no known version')
    }
    const { attemptsMade, timestamp, opts, id } = job
    const claimed = { id, attemptsMade, attempts: opts.attempts ?? 1, timestamp, token }
    const assignment = assignmentOf(parsed.data, claimed, this.#options.config.timing.maxLateness)
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
        await job.moveToWait(lock).catch(() => 0)
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
