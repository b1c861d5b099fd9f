import { type Job, Worker as QueueWorker } from 'bullmq'
import type { Config } from '../config.ts'
import { QUEUE } from '../jobs.ts'
import type { Redis } from '../redis.ts'
import { repeatStrategy } from '../ticks.ts'
import { backoffStrategy } from './retry-error.ts'

/** A worker that is gone is noticed within this, ms; BullMQ renews the lock of a living one. */
const LOCK = 15_000
const STALL_CHECK = 5000

export interface ClaimerOptions {
  config: Config
  redis: Redis
  /** `lock` is the token of BullMQ's lock. */
  process: (job: Job, lock: string) => Promise<object>
}

/**
 * BullMQ's worker, but once it closes it claims nothing more: what it gives back can wake its own
 * last wait, and would be claimed again by a process that is about to end.
 */
export class Claimer extends QueueWorker {
  constructor({ config, redis, process }: ClaimerOptions) {
    super(QUEUE, (job, lock) => process(job, lock ?? ''), {
      connection: redis,
      prefix: config.redis.prefix,
      name: config.worker.name,
      concurrency: config.concurrency,
      lockDuration: LOCK,
      stalledInterval: STALL_CHECK,
      // How long it waits in vain when nothing is delayed, s.
      drainDelay: 1,
      runRetryDelay: 1000,
      // A limit set from outside, which a producer takes away, is heeded this long at most, ms.
      maximumRateLimitDelay: 1000,
      settings: { repeatStrategy, backoffStrategy },
    })
  }

  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    // As BullMQ says it when nothing waits; its own types leave that out.
    if (this.closing !== undefined) return undefined as unknown as Job
    return super.moveToActive(token, name)
  }
}

/**
 * Wakes a worker that waits, after a closed one has given jobs back: the wake-up may have gone to its
 * own last wait, and the others would sleep until their next tick. By the answer to PING Redis knows
 * that the connection of that wait is closed.
 */
export async function wakeAnother(redis: Redis, prefix: string): Promise<void> {
  await redis.ping()
  await redis.zadd(`${prefix}:${QUEUE}:marker`, 0, '0')
}
