import { Queue } from 'bullmq'
import { QUEUE, type Schedule, type Trigger } from './jobs.ts'
import { type Action, recordAction } from './ledger/actions.ts'
import type { Keys } from './ledger/keys.ts'
import type { Redis } from './redis.ts'

export interface TriggerRequest extends Pick<Action, 'by' | 'via' | 'reason'> {
  /** Disconnected by the caller when all is done: the queue has no other end. */
  redis: Redis
  keys: Keys
  prefix: string
  schedule: Schedule
  id: string
  /** A worker that has not begun by then (epoch ms) makes no call. */
  notAfter: number
}

export interface Triggered {
  /** When it was asked, epoch ms: what the ledger files the call under. */
  at: number
  /** Resolves to false when a worker has it already. */
  withdraw(): Promise<boolean>
}

/**
 * Asks the workers for one call now, ahead of every tick that waits, once that is written among the
 * actions. No two calls by hand are asked at the same millisecond: the second would find the
 * verdict of the first, and not be made.
 */
export async function trigger(request: TriggerRequest): Promise<Triggered> {
  const { redis, keys, prefix, schedule, id, by, via, reason, notAfter } = request
  const target = schedule.id
  const at = await recordAction(redis, keys, { by, via, action: 'trigger', target, reason })
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
    timestamp: at,
    lifo: true,
    attempts: 1,
    removeOnComplete: { count: 500 },
    removeOnFail: { count: 500 },
  })
  return {
    at,
    async withdraw() {
      const state = await added.getState()
      if (state !== 'waiting' && state !== 'delayed') return false
      return (await queue.remove(id)) === 1
    },
  }
}
