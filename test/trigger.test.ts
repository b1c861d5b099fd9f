import { Queue } from 'bullmq'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Schedule } from '../src/jobs.ts'
import { actionsBefore } from '../src/ledger/actions.ts'
import { trigger } from '../src/trigger.ts'
import { openBooks, type TestBooks } from './fixtures/books.ts'

let books: TestBooks
let schedule: Schedule
let queue: Queue
beforeEach(async () => {
  books = openBooks()
  schedule = await books.declare()
  queue = new Queue('calls', { connection: books.redis, prefix: books.prefix })
})
afterEach(async () => {
  await queue.close()
  await books.quit()
})

const ask = (id = 'x') =>
  trigger({
    ...{ ...books, schedule, id, reason: 'a test', by: 'me', via: 'dashboard' },
    notAfter: Date.now() + 5000,
  })

it('asks for one call, ahead of what waits', async () => {
  await queue.add('earlier', {})
  await ask()
  const [first] = await queue.getWaiting()
  expect(first?.id).toBe('x')
  expect(first?.data).toEqual({
    ...{ v: 1, kind: 'trigger', schedule: 'default/update-engine', engine: 'default' },
    ...{ job: 'update-engine', id: 'x', reason: 'a test', notAfter: expect.any(Number) },
  })
  expect(first?.opts.attempts).toBe(1)
})

it('asks once, though it is told twice', async () => {
  await ask()
  await ask()
  expect(await queue.getWaitingCount()).toBe(1)
})

it('can be withdrawn until a worker has it', async () => {
  const { withdraw } = await ask()
  expect(await withdraw()).toBe(true)
  expect(await withdraw()).toBe(false)
  expect(await queue.getWaitingCount()).toBe(0)
  const second = await ask('y')
  await books.redis.rpoplpush(queue.toKey('wait'), queue.toKey('active'))
  expect(await second.withdraw()).toBe(false)
})

it('writes down who asked why, before, and asks for no two calls at one moment', async () => {
  const asked = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(ask))
  const moments = asked.map(({ at }) => at)
  expect(new Set(moments).size).toBe(5)
  const jobs = await queue.getWaiting()
  expect(jobs.map(({ timestamp }) => timestamp).sort()).toEqual([...moments].sort())
  const { actions } = await actionsBefore(books.redis, books.keys, { limit: 10 })
  const action = { action: 'trigger', target: 'default/update-engine', reason: 'a test' }
  expect(actions).toHaveLength(5)
  expect(actions[0]).toMatchObject({
    ...action,
    by: 'me',
    via: 'dashboard',
    at: Math.max(...moments),
  })
})
