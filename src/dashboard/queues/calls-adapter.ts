import { randomUUID } from 'node:crypto'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { Payload } from '../../jobs.ts'
import { declaredSchedules } from '../../ledger/declared.ts'
import { trigger } from '../../trigger.ts'
import type { Served } from '../served.ts'
import type { CallsQueue } from './calls-queue.ts'
import { formatJobs, readable } from './queue-format.ts'
import { asking } from './queue-requests.ts'

/** A worker that has not taken a call by hand within this makes none, ms. */
const WAIT = 60_000

/** The queue as Bull Board sees it. */
export class CallsAdapter extends BullMQAdapter {
  readonly #served: Served

  constructor({ queue, served }: { queue: CallsQueue; served: Served }) {
    super(queue, {
      readOnlyMode: !served.config.dashboard.write,
      description: 'Every call to an engine: one job per slot, claimed a moment before it.',
    })
    this.#served = served
    formatJobs(this)
  }

  /** BullMQ's next time is when the tick is placed; what people look for is its slot. */
  override async getJobSchedulers() {
    const schedulers = await super.getJobSchedulers()
    return schedulers.map(scheduler => {
      const { next, template } = scheduler
      const { data } = Payload.safeParse(template?.data)
      if (next === undefined || data?.kind !== 'tick') return scheduler
      const shown = { ...template, data: readable(template?.data) }
      return { ...scheduler, next: next + data.schedule.lead, template: shown }
    })
  }

  /**
   * A job made from a scheduler's template has no slot, so no worker would call. What is meant is a
   * call by hand: it goes through the same lease as the schedule, and is listed among the runs.
   */
  override async runJobSchedulerNow(id: string) {
    const { redis, keys, config } = this.#served
    const schedule = (await declaredSchedules(redis, keys)).get(id)?.schedule
    if (schedule === undefined) return 'not-found'
    const request = randomUUID()
    const own = redis.duplicate()
    own.on('error', () => 0)
    try {
      await trigger({
        ...{ redis: own, keys, prefix: config.redis.prefix, schedule, id: request },
        ...{ by: asking.getStore() ?? 'unknown', via: 'Bull Board', reason: 'run now' },
        notAfter: Date.now() + WAIT,
      })
    } finally {
      own.disconnect()
    }
    return (await this.getJob(request)) ?? 'not-found'
  }
}
