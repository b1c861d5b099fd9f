import { afterEach, beforeEach, expect, it } from 'vitest'
import { markField } from '../../src/ledger/mark.ts'
import { openBooks, runOf, type TestBooks } from '../fixtures/books.ts'

const schedule = 'default/update-engine'
const slot = 1_700_000_000_000

let books: TestBooks
beforeEach(() => {
  books = openBooks({ keep: 5 })
})
afterEach(() => books.quit())

it('keeps the first verdict of a slot, whoever writes second', async () => {
  expect(await books.record({ slot, verdict: 'unknown' })).toBe('recorded')
  expect(await books.record({ slot })).toBe('second')
  const runs = await books.ledger.runs(schedule, 0, slot, 10)
  expect(runs).toEqual([runOf({ slot, verdict: 'unknown' })])
  expect(await books.redis.hgetall(books.keys.books(schedule))).toEqual({ unknown: '1' })
})

it('takes no verdict for a slot that the books have closed', async () => {
  await books.declare(schedule, slot)
  expect(await books.record({ slot })).toBe('second')
  expect(await books.record({ slot: slot + 1000 })).toBe('recorded')
})

it('does not say that no call was made while one is under way', async () => {
  const { redis, keys } = books
  const field = markField({ key: slot, manual: false })
  await redis.hset(keys.sent(schedule), field, '{"state":"sent"}')
  expect(await books.record({ slot, verdict: 'skipped' })).toBe('sent')
  expect(await books.record({ slot, verdict: 'missed' })).toBe('sent')
  expect(await books.record({ slot, verdict: 'unknown' })).toBe('recorded')
  expect(await redis.hlen(keys.sent(schedule))).toBe(0)
})

it('gives up only the lease of the one who records', async () => {
  const { redis, keys, ledger } = books
  await redis.hset(keys.lease(schedule), 'token', 'mine')
  const common = { run: runOf({ slot }), key: slot, stats: null }
  await ledger.record({ ...common, release: 'other' })
  expect(await redis.exists(keys.lease(schedule))).toBe(1)
  await ledger.record({ ...common, release: 'mine' })
  expect(await redis.exists(keys.lease(schedule))).toBe(0)
})

it('announces what it records, and nothing else', async () => {
  const subscriber = books.redis.duplicate()
  const heard: string[] = []
  subscriber.on('message', (_channel, json) => heard.push(JSON.parse(json).slot))
  await subscriber.subscribe(books.keys.recorded)
  await books.record({ slot })
  await books.record({ slot, verdict: 'failed' })
  await books.record({ slot: slot + 1 })
  await subscriber.ping()
  expect(heard).toEqual([slot, slot + 1])
  subscriber.disconnect()
})

it('files calls by hand apart: they are no slots and no part of the sums', async () => {
  await books.record({ slot: null, at: slot + 5 })
  await books.record({ slot })
  const runs = await books.ledger.runs(schedule, 0, slot + 10, 10)
  expect(runs.map(run => [run.slot, run.manual])).toEqual([
    [null, true],
    [slot, undefined],
  ])
  expect(await books.redis.hgetall(books.keys.books(schedule))).toEqual({ succeeded: '1' })
})

it('stays bounded when nobody closes the books, and the books still sum up', async () => {
  const { redis, keys } = books
  await books.declare(schedule, slot)
  const slots = Array.from({ length: 1020 }, (_, index) => slot + (index + 1) * 1000)
  await Promise.all(slots.map(slot => books.record({ slot })))
  expect(await redis.zcard(keys.runs(schedule))).toBe(1000)
  const book = await redis.hgetall(keys.books(schedule))
  expect(book).toMatchObject({ succeeded: '1020', due: '20', closed: String(slot + 20_000) })
})

it('does not forget its way past a call in flight', async () => {
  const { redis, keys } = books
  await books.declare(schedule, slot)
  await redis.hset(keys.lease(schedule), 'token', 't', 'key', slot + 1000)
  const slots = Array.from({ length: 1020 }, (_, index) => slot + (index + 2) * 1000)
  await Promise.all(slots.map(slot => books.record({ slot, verdict: 'skipped' })))
  expect(await books.record({ slot: slot + 1000 })).toBe('recorded')
})

it('records a verdict though the stats history is something else', async () => {
  const { redis, keys } = books
  await redis.set(keys.stats('default'), 'no stream')
  expect(await books.record({ slot }, { price: 1 })).toBe('recorded')
  expect(await books.ledger.runs(schedule, 0, slot, 10)).toEqual([runOf({ slot })])
  expect(books.lapses).toEqual([expect.stringMatching(/^WRONGTYPE .*; something else uses keys/)])
})
