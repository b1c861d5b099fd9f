import { afterEach, beforeEach, expect, it } from 'vitest'
import { type HistoryQuery, newestRuns } from '../../src/ledger/history.ts'
import { openBooks, runOf, type TestBooks } from '../fixtures/books.ts'

const begin = 1_700_000_000_000
const ids = ['a/update-engine', 'b/update-engine', 'c/get-stats']

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

const read = async (query: Partial<HistoryQuery>) => (await newest(query)).runs
const newest = (query: Partial<HistoryQuery>) =>
  newestRuns(books.redis, books.keys, {
    ...{
      schedules: ids,
      from: null,
      to: null,
      limit: 50,
      everything: false,
      mayFit: () => true,
      fits: () => true,
    },
    ...query,
  })

/** A slot every second, of one schedule after the other; one in a hundred failed. */
async function fill(count: number): Promise<void> {
  const commands = books.redis.pipeline()
  for (let index = 0; index < count; index++) {
    const schedule = ids[index % ids.length] as string
    const slot = begin + index * 1000
    const run = runOf({ schedule, slot, verdict: index % 100 === 7 ? 'failed' : 'succeeded' })
    commands.zadd(books.keys.runs(schedule), slot, JSON.stringify(run))
  }
  await commands.exec()
}

it('gives the newest of all schedules, oldest first', async () => {
  await fill(2000)
  const runs = await read({ limit: 7 })
  expect(runs.map(({ slot }) => ((slot ?? 0) - begin) / 1000)).toEqual([
    1993, 1994, 1995, 1996, 1997, 1998, 1999,
  ])
  expect((await read({ limit: 1e6 })).length).toBe(2000)
  expect(await read({ schedules: [] })).toEqual([])
})

it('looks for what fits as far back as it takes', async () => {
  await fill(5000)
  const failed = await read({ limit: 3, fits: run => run.verdict === 'failed' })
  expect(failed.map(({ slot }) => ((slot ?? 0) - begin) / 1000)).toEqual([4707, 4807, 4907])
  const all = await read({ limit: 1000, fits: run => run.verdict === 'failed' })
  expect(all.length).toBe(50)
  expect(await read({ limit: 1, fits: run => run.slot === begin })).toHaveLength(1)
})

it('gives nothing older than asked for, but a gap that reaches beyond', async () => {
  await fill(1000)
  const since = begin + 995_000
  expect((await read({ from: since })).map(({ slot }) => slot)).toEqual(
    [995, 996, 997, 998, 999].map(index => begin + index * 1000),
  )
  const gap = { verdict: 'missed', count: 70, slot: begin + 990_500, to: since + 2 } as const
  const run = runOf({ schedule: 'b/update-engine', ...gap })
  await books.redis.zremrangebyscore(books.keys.runs(run.schedule), gap.slot, since - 1)
  await books.redis.zadd(books.keys.runs(run.schedule), gap.slot, JSON.stringify(run))
  expect((await read({ from: since }))[0]).toMatchObject(gap)
  expect((await read({ from: gap.to + 1 })).every(({ count }) => count === undefined)).toBe(true)
})

it('files calls by hand among the slots, by when they were asked', async () => {
  await fill(10)
  const run = runOf({ schedule: 'a/update-engine', slot: null, at: begin + 60_000 })
  await books.redis.zadd(books.keys.manual(run.schedule), begin + 4500, JSON.stringify(run))
  const newest = await read({ limit: 6 })
  expect(newest[0]).toEqual({ ...run, asked: begin + 4500 })
  const slots = newest.map(({ slot, manual }) => manual ?? slot)
  expect(slots).toEqual([true, 5, 6, 7, 8, 9].map(it => (it === true ? it : begin + +it * 1000)))
})

it('passes over what it cannot read', async () => {
  await fill(3)
  const key = books.keys.runs('a/update-engine')
  for (let index = 0; index < 60; index++) {
    await books.redis.zadd(key, begin + 5000 + index, `garbage ${index}`)
  }
  expect((await read({ limit: 2 })).map(({ slot }) => slot)).toEqual([begin + 1000, begin + 2000])
})
