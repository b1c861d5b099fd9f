import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { Payload } from '../../jobs.ts'
import { cadence } from '../../slots.ts'
import { slotOf } from '../../ticks.ts'

/** Makes Bull Board say what its jobs mean to us; what is not ours is shown as it stands in Redis. */
export function formatJobs(adapter: BullMQAdapter): void {
  adapter.setFormatter('name', nameOf)
  adapter.setFormatter('data', readable)
  adapter.setFormatter('returnValue', withTime)
  adapter.setFormatter('progress', withTime)
}

/** `default/update-engine 12:00:05.000`: schedule and slot in UTC, with the date when it is not today's. */
export function nameOf(job: { id?: unknown; name?: unknown; data?: unknown }): string {
  const name = String(job.name ?? '')
  const { data } = Payload.safeParse(job.data)
  if (data?.kind !== 'tick' || typeof job.id !== 'string') return name
  try {
    const slot = slotOf(job.id, data.schedule)
    return slot === null ? `${data.schedule.id} (no slot)` : `${data.schedule.id} ${clock(slot)}`
  } catch {
    // Its pattern, or its time, is none.
    return name
  }
}

/** What a job asks for, in words. */
export function readable(data: unknown): unknown {
  const { data: payload } = Payload.safeParse(data)
  if (payload === undefined) return data
  if (payload.kind === 'tick') {
    const { id, engine, job, grid, lead, revision } = payload.schedule
    return { schedule: id, engine, job, slots: cadence(grid), lead: `${lead} ms`, revision }
  }
  const { schedule, engine, job, id, reason, notAfter } = payload
  return { schedule, engine, job, byHand: id, reason, notAfter: iso(notAfter) }
}

/** How a run ended, its slot as a time. */
export function withTime(value: unknown): unknown {
  const { slot } = (value ?? {}) as Record<string, unknown>
  return typeof slot === 'number' ? { ...(value as object), slot: iso(slot) } : value
}

function clock(at: number): string {
  const [day, time] = new Date(at).toISOString().slice(0, -1).split('T') as [string, string]
  return day === new Date().toISOString().slice(0, 10) ? time : `${day} ${time}`
}

function iso(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString()
}
