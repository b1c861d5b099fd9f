import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEvents, type EventMap, type Events } from '../../src/events.ts'
import type { Run } from '../../src/ledger/run.ts'
import type { Assignment } from '../../src/worker/assignment.ts'
import type { CallResult } from '../../src/worker/engine/client.ts'
import { Pace, Stop } from '../../src/worker/hold.ts'
import { Keeper } from '../../src/worker/keeper.ts'
import { Leases } from '../../src/worker/lease.ts'
import { ended, markOf, uncalled } from '../../src/worker/record.ts'
import type { Runner } from '../../src/worker/runner.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

const schedule = 'default/get-stats'
const slot = Math.floor(Date.now() / 1000) * 1000
const assignment: Assignment = {
  ...{ schedule, engine: 'default', job: 'get-stats', slot, key: slot, nextSlot: slot + 1000 },
  ...{ revision: 'r', attempt: 1, attempts: 3, latest: slot + 1000, token: 't', request: null },
}
const succeeded: CallResult = {
  ...{ class: 'succeeded', reason: null, status: 200, durationMs: 12, sentAt: slot + 3 },
  ...{ stats: { price: 1.5 } },
} as CallResult

let books: TestBooks
let events: Events
let runner: Runner
let said: (keyof EventMap)[]
beforeEach(() => {
  books = openBooks()
  events = createEvents()
  said = []
  for (const name of ['run', 'record-delayed', 'warning'] as const) {
    events.on(name, () => said.push(name))
  }
  runner = {
    ...{ leases: new Leases(books), ledger: books.ledger, events, engines: new Map() },
    ...{ worker: 'w1', process: 'w1', timing: { timeout: 1000, settle: 1000 }, backoff: 100 },
    dryRun: false,
    ...{ stopping: new Stop(), pace: new Pace(), ending: new Stop(), writing: new Set() },
    keeper: new Keeper({ leases: new Leases(books), events }),
    margin: { current: () => 25, observe: () => 0 },
    refused: () => 0,
  }
})
afterEach(() => books.quit())

const recorded = (): Promise<Run[]> => books.ledger.runs(schedule, 0, slot + 1000, 10)
/** In the middle of a call: the mark stands, and the lease is ours. */
async function begin(token = 't') {
  const { redis, keys } = books
  const mark = JSON.stringify({ state: 'sent', token })
  await redis.hset(keys.sent(schedule), slot, mark)
  await redis.hset(keys.lease(schedule), 'token', token)
}

it('writes what became of a call, with its numbers, and ends mark and lease', async () => {
  await begin()
  const outcome = { verdict: 'succeeded', reason: null, result: succeeded, fence: 9 } as const
  const ending = await ended(runner, assignment, { ...outcome, release: 't' })
  await Promise.all(runner.writing)
  const [run] = await recorded()
  expect(ending).toEqual({ how: 'ended', run })
  expect(run).toMatchObject({
    ...{ schedule, slot, verdict: 'succeeded', reason: null, latenessMs: 3, durationMs: 12 },
    ...{ attempts: 1, status: 200, worker: 'w1', fence: 9 },
  })
  const { redis, keys } = books
  expect(await redis.exists(keys.sent(schedule), keys.lease(schedule))).toBe(0)
  expect(await redis.xlen(keys.stats('default'))).toBe(1)
  expect(said).toEqual(['run'])
  expect(runner.writing.size).toBe(0)
})

it('keeps the lease of a call whose answer was lost', async () => {
  await begin()
  const lost = { class: 'unknown', reason: 'time-out', status: null, durationMs: 5, sentAt: slot }
  const result = { ...lost, detail: 'no answer', retryAfter: null } as CallResult
  const outcome = { verdict: 'unknown', reason: 'time-out', result, release: null } as const
  expect(await ended(runner, assignment, outcome)).toMatchObject({ how: 'ended' })
  expect(await recorded()).toMatchObject([{ verdict: 'unknown', detail: 'no answer' }])
  expect(await books.redis.exists(books.keys.lease(schedule))).toBe(1)
})

it('says that no call was made, and counts the attempts before', async () => {
  expect(await uncalled(runner, assignment, 'skipped', 'overlap')).toMatchObject({ how: 'ended' })
  expect(await recorded()).toMatchObject([
    { verdict: 'skipped', reason: 'overlap', attempts: 0, latenessMs: null, status: null },
  ])
})

it('has failed where an attempt was made before', async () => {
  await uncalled(runner, { ...assignment, attempt: 3 }, 'missed', 'late')
  expect(await recorded()).toMatchObject([{ verdict: 'failed', reason: 'late', attempts: 2 }])
})

it('has nothing to say where there is a verdict, or another worker calls', async () => {
  await begin('of another')
  const first = await uncalled(runner, assignment, 'skipped', 'overlap')
  expect(first).toEqual({ how: 'idle', why: 'sent' })
  await books.record({ schedule, slot, verdict: 'unknown' })
  const second = await uncalled(runner, assignment, 'skipped', 'overlap')
  expect(second).toEqual({ how: 'idle', why: 'done' })
  expect(said).toEqual([])
})

it('files a call by hand apart, under its request', async () => {
  const byHand = { ...assignment, slot: null, request: 'x' }
  await ended(runner, byHand, { verdict: 'failed', reason: 'http-400' })
  expect(await recorded()).toMatchObject([{ slot: null, manual: true, request: 'x' }])
  expect(await books.redis.zcard(books.keys.manual(schedule))).toBe(1)
})

it('never gives a verdict up while Redis refuses it', async () => {
  const { redis, keys } = books
  await redis.set(keys.runs(schedule), 'no sorted set')
  const delayed = new Promise(resolve => events.once('record-delayed', resolve))
  const ending = uncalled(runner, assignment, 'missed', 'late')
  expect(await delayed).toMatchObject({ schedule, slot, error: expect.stringContaining('WRONG') })
  await redis.del(keys.runs(schedule))
  expect(await ending).toMatchObject({ how: 'ended' })
  expect(said).toEqual(['record-delayed', 'run'])
})

it('gives up, and says so, when the worker has to end first', async () => {
  await books.redis.set(books.keys.runs(schedule), 'no sorted set')
  events.once('record-delayed', () => runner.ending.stop())
  expect(await uncalled(runner, assignment, 'missed', 'late')).toMatchObject({ how: 'idle' })
  expect(said).toEqual(['record-delayed', 'warning'])
})

it('marks a call as what it is', () => {
  const claim = { token: 't' } as Parameters<typeof markOf>[1]
  expect(markOf(runner, claim, { state: 'sent', attempts: 2 })).toEqual({
    ...{ state: 'sent', attempts: 2, token: 't', worker: 'w1', reason: null, status: null },
    at: expect.any(Number),
  })
})
