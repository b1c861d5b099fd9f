import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { callSource } from '../../../src/dashboard/charts/call-history.ts'
import { History } from '../../../src/dashboard/charts/history.ts'
import { openBooks, runOf, type TestBooks } from '../../fixtures/books.ts'

const id = 'default/update-engine'
const all = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const
const begin = 1_700_000_000_000
const LONG = 20_000

let books: TestBooks
let key: string
let history: History
beforeEach(() => {
  books = openBooks()
  key = books.keys.runs(id)
  history = new History(callSource(books.redis, books.keys, id))
})
afterEach(async () => {
  history.drop()
  await books.quit()
})

/** Runs of the seconds, each as late as its number says. */
async function write(...seconds: number[]) {
  const commands = books.redis.pipeline()
  for (const second of seconds) {
    const slot = begin + second * 1000
    const run = runOf({ slot, latenessMs: second, durationMs: second * 2 })
    commands.zadd(key, slot, JSON.stringify(run))
  }
  await commands.exec()
}

function close(second: number) {
  return books.redis.hset(books.keys.books(id), { closed: begin + second * 1000 })
}

async function read(patience = LONG): Promise<number[]> {
  await history.reach(Number.NEGATIVE_INFINITY, patience)
  return [...history.timeline.window(...all).at].map(at => (at - begin) / 1000)
}

function upTo(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

it('reads lateness and duration by slot, over many pages', async () => {
  await write(...upTo(0, 2000))
  await close(2000)
  expect(await read()).toEqual(upTo(0, 2000))
  const { columns } = history.timeline.window(begin + 5000, begin + 6000)
  expect(columns).toEqual(
    new Map([
      ['latenessMs', Float64Array.of(5, 6)],
      ['durationMs', Float64Array.of(10, 12)],
    ]),
  )
})

it('sees runs that are written late, above the watermark', async () => {
  await write(0, 1, 2, 5)
  await close(2)
  expect(await read()).toEqual([0, 1, 2, 5])
  await write(3, 7)
  expect(await read()).toEqual([0, 1, 2, 3, 5, 7])
  await close(5)
  await write(4, 6)
  expect(await read()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  await close(7)
  await write(8)
  expect(await read()).toEqual(upTo(0, 8))
})

it('reads nothing twice where the watermark is older than what was read of the past', async () => {
  await write(...upTo(0, 2999))
  await close(100)
  await history.reach(begin + 2_999_000, 0)
  await write(3000)
  await history.reach(begin + 2_999_000, 0)
  expect(await read()).toEqual(upTo(0, 3000))
  await write(3001)
  expect(await read()).toEqual(upTo(0, 3001))
})

it('reads only above the watermark again', async () => {
  await write(...upTo(0, 2000))
  await close(1990)
  await read()
  const ranges = vi.spyOn(books.redis, 'zrangebyscore')
  const back = vi.spyOn(books.redis, 'zrevrangebyscore')
  await read()
  expect(ranges.mock.calls.map(([, from]) => from)).toEqual([`(${begin + 1_990_000}`])
  expect(back).not.toHaveBeenCalled()
})

it('goes on where there are no books', async () => {
  await write(0, 1, 2)
  expect(await read()).toEqual([0, 1, 2])
  await write(3, 4)
  expect(await read()).toEqual([0, 1, 2, 3, 4])
})

it('forgets what was trimmed, and everything when the data is lost', async () => {
  await write(...upTo(0, 1500))
  await close(1500)
  await read()
  await books.redis.zremrangebyscore(key, '-inf', begin + 999_000)
  expect(await read()).toEqual(upTo(1000, 1500))
  await books.redis.del(key)
  expect(await read()).toEqual([])
  await write(...upTo(200, 300))
  expect(await read()).toEqual(upTo(200, 300))
})

it('has a gap where no call was made, and passes over what is no run', async () => {
  await write(0, 2)
  const missed = { verdict: 'missed', latenessMs: null, durationMs: null } as const
  const run = runOf({ slot: begin + 1000, ...missed })
  await books.redis.zadd(key, begin + 1000, JSON.stringify(run))
  await books.redis.zadd(key, begin + 1500, '{"slot":', begin + 1600, '{"slot":1}')
  expect(await read()).toEqual([0, 1, 2])
  const { columns } = history.timeline.window(...all)
  expect(columns.get('latenessMs')).toEqual(Float64Array.of(0, Number.NaN, 2))
})

it('reads on behind a whole page of garbage', async () => {
  await write(0, 1)
  const commands = books.redis.pipeline()
  for (let index = 0; index < 700; index++) commands.zadd(key, begin + 5000 + index, `no ${index}`)
  await commands.exec()
  await close(1)
  expect(await read()).toEqual([0, 1])
  await write(20)
  expect(await read()).toEqual([0, 1, 20])
})

it('has nothing to say of what is no sorted set', async () => {
  await books.redis.set(key, 'garbage')
  expect(await read()).toEqual([])
})
