import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Schedule } from '../../src/jobs.ts'
import { timeOf } from '../../src/redis.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

const id = 'default/update-engine'

let books: TestBooks
let schedule: Schedule
beforeEach(async () => {
  books = openBooks()
  schedule = await books.declare(id, Date.now() - 10_000)
})
afterEach(async () => {
  vi.useRealTimers()
  await books.quit()
})

it('closes no slot before its time by a clock that is ahead', async () => {
  const now = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: now + 60_000 })
  await books.close(schedule)
  const closed = Number(await books.redis.hget(books.keys.books(id), 'closed'))
  expect(closed).toBeGreaterThan(now - 10_000)
  // Two seconds for its worker to speak, after the one in which a slot may be called.
  expect(closed).toBeLessThan(timeOf(await books.redis.time()) - 2000)
})
