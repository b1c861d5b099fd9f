import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { History } from '../../../src/dashboard/charts/history.ts'
import { statsSource } from '../../../src/dashboard/charts/stats-history.ts'
import { openBooks, type TestBooks } from '../../fixtures/books.ts'

const all = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const
const begin = 1_700_000_000_000
const LONG = 20_000

let books: TestBooks
let key: string
let history: History
beforeEach(() => {
  books = openBooks()
  key = books.keys.stats('e')
  history = new History(statsSource(books.redis, books.keys, 'e'))
})
afterEach(async () => {
  history.drop()
  await books.quit()
})

/** Points from second `from` to second `to`, both included. */
async function write(from: number, to: number, fields = (index: number) => ({ n: `${index}` })) {
  const commands = books.redis.pipeline()
  for (let index = from; index <= to; index++) {
    const at = begin + index * 1000
    const own = Object.entries(fields(index)).flat()
    commands.xadd(key, `${at}-0`, 'slot', at, 'job', 'get-stats', ...own)
  }
  await commands.exec()
}

function held(name = 'n'): number[] {
  return [...(history.timeline.window(...all).columns.get(name) ?? [])]
}

function upTo(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

it('reads as far back as is asked for, and the rest behind', async () => {
  await write(0, 4999)
  expect(await history.reach(begin + 4_900_000, LONG)).toBe(true)
  expect(held().at(-1)).toBe(4999)
  expect(held()[0]).toBeLessThanOrEqual(4900)
  expect(held().length).toBeLessThan(1000)
  await vi.waitFor(() => expect(held()).toEqual(upTo(0, 4999)), LONG)
  // Its last page was a full one: that nothing lies behind it is for the next, empty one to say.
  await vi.waitFor(
    async () => expect(await history.reach(Number.NEGATIVE_INFINITY, 0)).toBe(true),
    LONG,
  )
})

it('says when a part of the past is still to be read', async () => {
  await write(0, 4999)
  expect(await history.reach(Number.NEGATIVE_INFINITY, 0)).toBe(false)
  expect(held().length).toBeLessThan(5000)
  expect(await history.reach(Number.NEGATIVE_INFINITY, LONG)).toBe(true)
  expect(held()).toEqual(upTo(0, 4999))
})

it('reads once for all who ask at the same time, and only what is new for those who ask later', async () => {
  await write(0, 999)
  const back = vi.spyOn(books.redis, 'xrevrange')
  const asked = [begin, Number.NEGATIVE_INFINITY, begin + 500_000]
  expect(await Promise.all(asked.map(from => history.reach(from, LONG)))).toEqual([
    true,
    true,
    true,
  ])
  expect(held()).toEqual(upTo(0, 999))
  // Its newest point, the newest page, and pages of 250 back to the end.
  expect(back.mock.calls.length).toBeLessThanOrEqual(7)
  const forth = vi.spyOn(books.redis, 'xrange')
  await write(1000, 1009)
  await history.reach(Number.NEGATIVE_INFINITY, LONG)
  expect(held()).toEqual(upTo(0, 1009))
  expect(forth.mock.calls.length).toBe(2)
})

it('begins when the first point comes', async () => {
  expect(await history.reach(Number.NEGATIVE_INFINITY, LONG)).toBe(true)
  expect(history.timeline.length).toBe(0)
  await write(0, 1200)
  expect(await history.reach(Number.NEGATIVE_INFINITY, LONG)).toBe(true)
  expect(held()).toEqual(upTo(0, 1200))
  await write(1201, 2000)
  await history.reach(begin, LONG)
  expect(held()).toEqual(upTo(0, 2000))
})

it('forgets what Redis has trimmed', async () => {
  await write(0, 999)
  await history.reach(Number.NEGATIVE_INFINITY, LONG)
  await books.redis.xtrim(key, 'MINID', `${begin + 600_000}`)
  await write(1000, 1000)
  await history.reach(Number.NEGATIVE_INFINITY, LONG)
  expect(held()).toEqual(upTo(600, 1000))
})

it('begins anew when Redis has lost its data', async () => {
  await write(0, 999)
  await history.reach(Number.NEGATIVE_INFINITY, LONG)
  await books.redis.del(key)
  await history.reach(Number.NEGATIVE_INFINITY, LONG)
  expect(history.timeline.length).toBe(0)
  await write(100, 400)
  await history.reach(Number.NEGATIVE_INFINITY, LONG)
  expect(held()).toEqual(upTo(100, 400))
  // An older copy of the data.
  await books.redis.del(key)
  await write(0, 300)
  await history.reach(Number.NEGATIVE_INFINITY, LONG)
  expect(held()).toEqual(upTo(0, 300))
})

it('begins anew when the data is lost while the past is read', async () => {
  await write(0, 4999)
  await history.reach(begin + 4_999_000, LONG)
  await books.redis.del(key)
  await write(0, 700, index => ({ n: `${index + 0.5}` }))
  await history.reach(Number.NEGATIVE_INFINITY, LONG)
  expect(held()).toEqual(upTo(0, 700).map(index => index + 0.5))
})

it('takes numbers, booleans and texts of digits, whatever they are called, and nothing else', async () => {
  const names = ['__proto__', 'constructor', '<script>', 'x'.repeat(100)]
  const texts = {
    a: '"text"',
    b: '"5.0"',
    c: 'null',
    d: '[1]',
    e: '{"a":1}',
    f: '1e999',
    g: '',
    h: '-',
  }
  const long = { ['y'.repeat(101)]: '1', 'with,comma': '1' }
  await write(0, 1, index => ({
    ...Object.fromEntries(names.map(name => [name, `${index}.5e1`])),
    ...{ no: 'false', yes: 'true', minus: '-7', n: `${index}`, digits: `"${index}"` },
    ...{ ...texts, ...long },
  }))
  await history.reach(Number.NEGATIVE_INFINITY, LONG)
  const { columns } = history.timeline.window(...all)
  expect([...columns.keys()]).toEqual([...names, 'no', 'yes', 'minus', 'n', 'digits'])
  for (const name of names) expect(held(name)).toEqual([5, 15])
  expect([held('no'), held('yes'), held('minus')]).toEqual([
    [0, 0],
    [1, 1],
    [-7, -7],
  ])
  expect(held('digits')).toEqual([0, 1])
})

it('has nothing to say of what is no stream', async () => {
  await books.redis.set(key, 'garbage')
  expect(await history.reach(Number.NEGATIVE_INFINITY, LONG)).toBe(true)
  expect(history.timeline.length).toBe(0)
})

it('reads no further once it is dropped', async () => {
  await write(0, 4999)
  const asked = history.reach(Number.NEGATIVE_INFINITY, LONG)
  history.drop()
  expect(await asked).toBe(false)
  expect(held().length).toBe(250)
})
