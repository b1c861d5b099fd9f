import { type JobSchedulerJson, Queue } from 'bullmq'
import { QUEUE } from '../../jobs.ts'
import type { Redis } from '../../redis.ts'
import { repeatStrategy } from '../../ticks.ts'

/** The queue as a person looks at it: what only reads changes nothing, and does not wait for Redis. */
export class CallsQueue extends Queue {
  constructor({ redis, prefix }: { redis: Redis; prefix: string }) {
    super(QUEUE, {
      connection: redis,
      prefix,
      settings: { repeatStrategy },
      skipMetasUpdate: true,
      // Without these it would be dead for good when Redis is out of reach at its start.
      skipWaitingForReady: true,
      skipVersionCheck: true,
    })
    // What goes wrong reaches whoever asked.
    this.on('error', () => 0)
  }

  /** Not BullMQ's own: that one deletes what it finds incomplete, which a producer would mend. */
  override async getJobSchedulers(start = 0, end = -1, asc = false): Promise<JobSchedulerJson[]> {
    const listed = await this.getBackend().getJobSchedulersRange(start, end, asc)
    // Identifiers and times, in turn.
    const ids = listed.filter((_, index) => index % 2 === 0)
    const found = await Promise.all(ids.map(id => this.getJobScheduler(id).catch(() => undefined)))
    return found.filter(scheduler => scheduler !== undefined)
  }
}
