import { afterEach, beforeEach, expect, it } from 'vitest'
import { declaredSchedules, parseDeclared } from '../../src/ledger/declared.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

it('lists what is declared by id', async () => {
  const b = await books.declare('b/get-stats', 5)
  const a = await books.declare('a/update-engine', 7)
  expect([...(await declaredSchedules(books.redis, books.keys))]).toEqual([
    ['a/update-engine', { schedule: a, by: 'test', at: 7 }],
    ['b/get-stats', { schedule: b, by: 'test', at: 5 }],
  ])
})

it('leaves out what cannot be read, or stands under another name', async () => {
  const schedule = await books.declare('a/update-engine')
  const { redis, keys } = books
  const good = JSON.stringify({ schedule, by: 'p', at: 1 })
  const broken = JSON.stringify({
    schedule: { ...schedule, grid: { interval: -1 } },
    by: 'p',
    at: 1,
  })
  await redis.hset(keys.schedules, { x: 'garbage', y: '{}', z: good, w: broken })
  expect([...(await declaredSchedules(redis, keys)).keys()]).toEqual(['a/update-engine'])
})

it('may say how many attempts a run has', async () => {
  const schedule = await books.declare()
  const declared = { schedule, by: 'p', at: 1, attempts: 5 }
  expect(parseDeclared(JSON.stringify(declared))).toEqual(declared)
  expect(parseDeclared(JSON.stringify({ ...declared, attempts: 0 }))).toBeNull()
})
