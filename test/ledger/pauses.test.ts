import { afterEach, beforeEach, expect, it } from 'vitest'
import { pause, pauses, resume } from '../../src/ledger/pauses.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

it('keeps a pause with its reason until it is resumed', async () => {
  const { redis, keys } = books
  const why = { reason: 'a gas spike', since: 5, by: 'ops@here' }
  await pause(redis, keys, 'default', why)
  expect(await pauses(redis, keys)).toEqual(new Map([['default', why]]))
  expect(await resume(redis, keys, 'default')).toBe(true)
  expect(await resume(redis, keys, 'default')).toBe(false)
  expect(await pauses(redis, keys)).toEqual(new Map())
})

it('shows a pause that cannot be read, since it pauses all the same', async () => {
  const { redis, keys } = books
  await redis.hset(keys.paused, 'default', 'garbage', 'other', '{"reason":5}')
  const unreadable = { reason: '(unreadable)', since: 0, by: '' }
  expect([...(await pauses(redis, keys)).values()]).toEqual([unreadable, unreadable])
})
