import { Queue } from 'bullmq'
import { QUEUE, type Schedule, type Trigger } from './jobs.ts'
import type { Redis } from './redis.ts'

export interface TriggerRequest {
  redis: Redis
  prefix: string
  schedule: Schedule
  id: string
  reason: string
  /** A worker that has not begun by then (epoch ms) makes no call. */
  notAfter: number
}

/**
 * Asks the workers for one call now, ahead of every tick that waits. Returns how to withdraw it:
 * resolves to false when a worker has it already.
 */
export async function trigger(request: TriggerRequest): Promise<{ withdraw(): Promise<boolean> }> {
  const { redis, prefix, schedule, id, reason, notAfter } = request
  const queue = new Queue(QUEUE, { connection: redis, prefix })
  // What goes wrong reaches the caller by the commands below.
  queue.on('error', () => 0)
  const { engine, job } = schedule
  const data: Trigger = {
    ...{ v: 1, kind: 'trigger', schedule: schedule.id, engine, job },
    ...{ id, reason, notAfter },
  }
  const added = await queue.add(`${schedule.id} by hand`, data, {
    jobId: id,
    lifo: true,
    attempts: 1,
    removeOnComplete: { count: 500 },
    removeOnFail: { count: 500 },
  })
  return {
    async withdraw() {
      const state = await added.getState()
      if (state !== 'waiting' && state !== 'delayed') return false
      return (await queue.remove(id)) === 1
    },
  }
}
