import { afterEach, beforeEach, expect, it } from 'vitest'
import { newestPoint, pointsAfter, pointsSince, trimStats } from '../../src/ledger/stats.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

const second = 1_700_000_000_000

it('reads back what a worker recorded, of every type, and our names used by an engine', async () => {
  const stats = { price: 1.5, tx: null, is_open: true, note: '5', slot: 7, job: 'theirs' }
  await books.record({ slot: second }, stats)
  const [point] = await pointsSince(books.redis, books.keys, 'default', { since: 0, limit: 5 })
  expect(point).toEqual({
    id: expect.stringMatching(/^\d+-\d+$/),
    engine: 'default',
    at: expect.any(Number),
    slot: second,
    job: 'update-engine',
    stats,
  })
})

it('reads whole numbers digit by digit, as texts beyond 2^53', async () => {
  const { redis, keys } = books
  const texts = [`${2n ** 53n + 1n}`, `${2n ** 256n - 1n}`, `${-(2n ** 255n)}`]
  const stats = Object.fromEntries(texts.map((text, index) => [`n${index}`, text]))
  await books.record({ slot: second }, { ...stats, below: 2 ** 53 - 1 })
  // Somebody else wrote them bare.
  const bare = Object.entries(stats).flat()
  await redis.xadd(keys.stats('default'), '*', 'slot', second, 'job', 'get-stats', ...bare)
  const points = await pointsSince(redis, keys, 'default', { since: 0, limit: 5 })
  expect(points.map(point => point.stats)).toEqual([{ ...stats, below: 2 ** 53 - 1 }, stats])
})

it('gives the newest of those since a moment, oldest first, over many pages', async () => {
  const { redis, keys } = books
  const commands = redis.pipeline()
  for (let id = 1; id <= 1000; id++) {
    commands.xadd(keys.stats('default'), `${id}-0`, 'slot', id, 'job', 'get-stats', 'n', id)
  }
  await commands.exec()
  const numbers = async (since: number, limit: number, last?: string) => {
    const query = { since, limit, ...(last === undefined ? {} : { last }) }
    return (await pointsSince(redis, keys, 'default', query)).map(({ stats }) => stats.n)
  }
  expect(await numbers(0, 450)).toEqual(Array.from({ length: 450 }, (_, index) => 551 + index))
  expect(await numbers(998, 50)).toEqual([998, 999, 1000])
  expect(await numbers(998.5, 50)).toEqual([999, 1000])
  expect(await numbers(-5, 2, '500-0')).toEqual([499, 500])
  expect(await numbers(5000, 50)).toEqual([])
  expect(await newestPoint(redis, keys, 'default')).toBe('1000-0')
  expect(await newestPoint(redis, keys, 'none')).toBe('0-0')
})

it('waits for what comes after an id, and reads several engines at once', async () => {
  const { redis, keys } = books
  await redis.xadd(keys.stats('a'), '1-0', 'slot', 1, 'job', 'get-stats', 'n', 1)
  const read = new Map([
    ['a', '1-0'],
    ['b', '0-0'],
  ])
  expect(await pointsAfter(redis, keys, read, 10)).toEqual([])
  await redis.xadd(keys.stats('a'), '3-0', 'slot', 3, 'job', 'get-stats', 'n', 3)
  await redis.xadd(keys.stats('b'), '2-0', 'slot', 2, 'job', 'get-stats', 'n', 2)
  const points = await pointsAfter(redis, keys, read, 10)
  expect(points.map(({ engine, id, stats }) => [engine, id, stats])).toEqual([
    ['b', '2-0', { n: 2 }],
    ['a', '3-0', { n: 3 }],
  ])
})

it('forgets what is too old', async () => {
  const { redis, keys } = books
  const schedule = await books.declare()
  for (let id = 1; id <= 500; id++) await redis.xadd(keys.stats('default'), `${id}-0`, 'n', id)
  await books.record({ slot: second }, { n: 501 })
  await trimStats(redis, keys, [schedule], 60_000)
  // Redis trims whole nodes of a stream, 100 entries each.
  expect(await redis.xlen(keys.stats('default'))).toBeLessThanOrEqual(101)
})
