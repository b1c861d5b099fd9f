import { Queue } from 'bullmq'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { type Schedule, scheduleId } from '../../src/jobs.ts'
import { reconcile } from '../../src/producer/reconcile.ts'
import { leadFor, repeatOf, repeatStrategy, revisionOf, slotOf } from '../../src/ticks.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

const GRIDS: Schedule['grid'][] = [
  { interval: 3_600_000, phase: 0 },
  { cron: '0 9 * * *', timezone: 'America/New_York' },
]

let books: TestBooks
let queue: Queue
let repairs: string[]
beforeEach(() => {
  books = openBooks()
  const { redis, prefix } = books
  queue = new Queue('calls', { connection: redis, prefix, settings: { repeatStrategy } })
  repairs = []
})
afterEach(async () => {
  await queue.close()
  await books.quit()
})

function scheduled(grid: Schedule['grid']): Schedule {
  const lead = leadFor(grid, 250)
  const id = scheduleId('default', 'update-engine')
  const revision = revisionOf({ grid, lead })
  return { id, engine: 'default', job: 'update-engine', grid, lead, revision }
}

/** One round of a producer. */
function round(schedule: Schedule): Promise<void> {
  const events = createEvents()
  events.on('repaired', ({ what }) => repairs.push(what))
  const declared = [{ schedule, by: 'p', at: 1 }]
  return reconcile({ redis: books.redis, queue, events, declared, attempts: 3, first: false })
}

/** As Bull Board edits: the repeat options alone, the template as it stands. */
async function edit(schedule: Schedule, change: object): Promise<void> {
  const found = await queue.getJobScheduler(schedule.id)
  const { lead: _, ...repeat } = repeatOf(schedule)
  const { data, opts } = found?.template ?? {}
  const template = { name: schedule.id, data, opts: opts as object }
  await queue.upsertJobScheduler(schedule.id, { ...repeat, ...change }, template)
}

it.each(GRIDS)('gives an end to no schedule: %o', async grid => {
  const schedule = scheduled(grid)
  for (const change of [{ limit: 10 }, { endDate: Date.now() + 1e10 }]) {
    await round(schedule)
    repairs.length = 0
    await edit(schedule, change)
    await round(schedule)
    expect(repairs).toEqual(['its scheduler lay on another grid, or would have ended'])
    await round(schedule)
    expect(repairs).toHaveLength(1)
    expect(await queue.getDelayedCount()).toBe(1)
  }
})

it('gives a pattern its lead back', async () => {
  const schedule = scheduled({ cron: '0 9 * * *', timezone: 'America/New_York' })
  await round(schedule)
  const before = await queue.getJobScheduler(schedule.id)
  repairs.length = 0
  await edit(schedule, {})
  expect((await queue.getJobScheduler(schedule.id))?.next).toBe((before?.next ?? 0) + schedule.lead)
  await round(schedule)
  expect(repairs).toHaveLength(1)
  const after = await queue.getJobScheduler(schedule.id)
  expect(after?.next).toBe(before?.next)
  const slot = slotOf(`repeat:${schedule.id}:${after?.next}`, schedule) ?? 0
  expect(slot - (after?.next ?? 0)).toBe(schedule.lead)
})
