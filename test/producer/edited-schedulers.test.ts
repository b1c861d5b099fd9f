import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Schedule } from '../../src/jobs.ts'
import { reconcile } from '../../src/producer/reconcile.ts'
import { repeatOf, slotOf } from '../../src/ticks.ts'
import { openRounds, scheduled } from '../fixtures/rounds.ts'

const GRIDS: Schedule['grid'][] = [
  { interval: 3_600_000, phase: 0 },
  { cron: '0 9 * * *', timezone: 'America/New_York' },
]

let rounds: ReturnType<typeof openRounds>
beforeEach(() => {
  rounds = openRounds()
})
afterEach(() => rounds.close())

/** One round of a producer. */
const round = (schedule: Schedule) => reconcile(rounds.about([schedule]))

/** As Bull Board edits: the repeat options alone, the template as it stands. */
async function edit(schedule: Schedule, change: object): Promise<void> {
  const found = await rounds.queue.getJobScheduler(schedule.id)
  const { lead: _, ...repeat } = repeatOf(schedule)
  const { data, opts } = found?.template ?? {}
  const template = { name: schedule.id, data, opts: opts as object }
  await rounds.queue.upsertJobScheduler(schedule.id, { ...repeat, ...change }, template)
}

it.each(GRIDS)('gives an end to no schedule: %o', async grid => {
  const schedule = scheduled(grid)
  for (const change of [{ limit: 10 }, { endDate: Date.now() + 1e10 }]) {
    await round(schedule)
    rounds.repairs.length = 0
    await edit(schedule, change)
    await round(schedule)
    expect(rounds.repairs).toEqual([
      `${schedule.id}: its scheduler lay on another grid, or would have ended`,
    ])
    await round(schedule)
    expect(rounds.repairs).toHaveLength(1)
    expect(await rounds.queue.getDelayedCount()).toBe(1)
  }
})

it('gives a pattern its lead back', async () => {
  const schedule = scheduled({ cron: '0 9 * * *', timezone: 'America/New_York' })
  await round(schedule)
  const before = await rounds.queue.getJobScheduler(schedule.id)
  rounds.repairs.length = 0
  await edit(schedule, {})
  expect((await rounds.queue.getJobScheduler(schedule.id))?.next).toBe(
    (before?.next ?? 0) + schedule.lead,
  )
  await round(schedule)
  expect(rounds.repairs).toHaveLength(1)
  const after = await rounds.queue.getJobScheduler(schedule.id)
  expect(after?.next).toBe(before?.next)
  const slot = slotOf(`repeat:${schedule.id}:${after?.next}`, schedule) ?? 0
  expect(slot - (after?.next ?? 0)).toBe(schedule.lead)
})
