import { expect, it } from 'vitest'
import type { Payload } from '../../src/jobs.ts'
import { assignmentOf, type ClaimedJob } from '../../src/worker/assignment.ts'

const grid = { interval: 1000, phase: 500 }
const tick: Payload = {
  ...{ v: 1, kind: 'tick' },
  schedule: {
    ...{ id: 'default/get-stats', engine: 'default', job: 'get-stats', revision: 'r' },
    ...{ grid, lead: 250 },
  },
}
const job = (change: Partial<ClaimedJob> = {}): ClaimedJob => ({
  ...{ id: 'repeat:default/get-stats:10250', attemptsMade: 0, attempts: 3 },
  ...{ timestamp: 9250, token: 'lock', ...change },
})

it('knows the slot of a tick, and when it is too late for it', () => {
  expect(assignmentOf(tick, job(), 60_000)).toEqual({
    ...{ schedule: 'default/get-stats', engine: 'default', job: 'get-stats', revision: 'r' },
    ...{ slot: 10_500, key: 10_500, nextSlot: 11_500, latest: 11_500, request: null },
    ...{ attempt: 1, attempts: 3, token: 'lock/1' },
  })
  expect(assignmentOf(tick, job(), 300)).toMatchObject({ latest: 10_800 })
})

it('gives later attempts until the next slot, and a token of their own', () => {
  expect(assignmentOf(tick, job({ attemptsMade: 1 }), 300)).toMatchObject({
    ...{ attempt: 2, latest: 11_500, token: 'lock/2' },
  })
})

it('knows the slots of a pattern', () => {
  const schedule = { ...tick.schedule, grid: { cron: '0 9 * * *', timezone: 'Europe/Berlin' } }
  const slot = Date.parse('2026-03-28T08:00:00Z')
  const id = `repeat:default/get-stats:${slot - 250}`
  expect(assignmentOf({ ...tick, schedule }, job({ id }), 60_000)).toMatchObject({
    ...{ slot, nextSlot: slot + 23 * 3_600_000, latest: slot + 60_000 },
  })
})

it('takes a tick that somebody made by hand for none', () => {
  expect(assignmentOf(tick, job({ id: '17' }), 60_000)).toBeNull()
})

it('files a call by hand under the time when it was asked, and waits for no slot', () => {
  const asked: Payload = {
    ...{ v: 1, kind: 'trigger', schedule: 'default/update-engine', engine: 'default' },
    ...{ job: 'update-engine', id: 'x', reason: 'a test', notAfter: 19_250 },
  }
  expect(assignmentOf(asked, job({ id: 'x', attempts: 1 }), 10)).toEqual({
    ...{ schedule: 'default/update-engine', engine: 'default', job: 'update-engine' },
    ...{ slot: null, key: 9250, nextSlot: Number.POSITIVE_INFINITY, latest: 19_250 },
    ...{ request: 'x', attempt: 1, attempts: 1, token: 'lock/1', revision: '' },
  })
})
