import type { JobName, Payload } from '../jobs.ts'
import { nextSlot } from '../slots.ts'
import { slotOf } from '../ticks.ts'

/** A job as one run sees it; times in epoch ms. */
export interface Assignment {
  schedule: string
  engine: string
  job: JobName
  /** null for a call by hand. */
  slot: number | null
  /** The slot, or when the call by hand was asked: what the ledger files the run under. */
  key: number
  /** When the next slot is due: no attempt starts after it. */
  nextSlot: number
  revision: string
  /** This attempt, counted from 1, and how many there may be. */
  attempt: number
  attempts: number
  /** After this the first attempt is too late. */
  latest: number
  token: string
  /** Which request for a call by hand this is; null for a slot. */
  request: string | null
}

export interface ClaimedJob {
  id: string
  attemptsMade: number
  attempts: number
  timestamp: number
  /** Of BullMQ's lock: unique to this claim. */
  token: string
}

/** What a claimed job asks for; null for a tick whose id carries no slot (made by hand from outside). */
export function assignmentOf(
  payload: Payload,
  claimed: ClaimedJob,
  maxLateness: number,
): Assignment | null {
  const attempt = claimed.attemptsMade + 1
  const common = { attempt, attempts: claimed.attempts, token: `${claimed.token}/${attempt}` }
  if (payload.kind === 'trigger') {
    const { schedule, engine, job, notAfter } = payload
    const key = claimed.timestamp
    const never = { nextSlot: Number.POSITIVE_INFINITY, revision: '' }
    return {
      ...common,
      schedule,
      engine,
      job,
      slot: null,
      key,
      latest: notAfter,
      request: payload.id,
      ...never,
    }
  }
  const { schedule } = payload
  const slot = slotOf(claimed.id, schedule)
  if (slot === null) return null
  const next = nextSlot(schedule.grid, slot)
  return {
    ...common,
    schedule: schedule.id,
    engine: schedule.engine,
    job: schedule.job,
    slot,
    request: null,
    key: slot,
    nextSlot: next,
    revision: schedule.revision,
    latest: attempt > 1 ? next : Math.min(slot + maxLateness, next),
  }
}
