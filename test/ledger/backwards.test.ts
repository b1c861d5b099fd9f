import { afterEach, beforeEach, expect, it } from 'vitest'
import { backwards } from '../../src/ledger/backwards.ts'
import { mayHaveEnded, type PageQuery, pageOfRuns } from '../../src/ledger/history.ts'
import type { Place } from '../../src/ledger/place.ts'
import type { Run } from '../../src/ledger/run.ts'
import { openBooks, runOf, type TestBooks } from '../fixtures/books.ts'

const begin = 1_700_000_000_000
const ids = ['a/update-engine', 'b/update-engine', 'c/get-stats']

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

const page = (query: Partial<PageQuery> = {}) =>
  pageOfRuns(books.redis, books.keys, {
    ...{ schedules: ids, from: null, to: null, after: null, limit: 10 },
    ...{ mayFit: () => true, fits: () => true },
    ...query,
  })

/** All pages, one after the other: the places of what is on them. */
async function allPages(query: Partial<PageQuery> = {}): Promise<Place[]> {
  const places: Place[] = []
  let after: Place | null = null
  do {
    const { found, next } = await page({ ...query, after })
    places.push(...found.map(({ place }) => place))
    after = next
  } while (after !== null)
  return places
}

async function write(runs: (Partial<Run> & { slot: number | null; asked?: number })[]) {
  const commands = books.redis.pipeline()
  for (const run of runs.map(runOf)) {
    const { manual, runs: slots } = books.keys
    const key = run.slot === null ? manual(run.schedule) : slots(run.schedule)
    commands.zadd(key, run.slot ?? run.asked ?? run.at, JSON.stringify(run))
  }
  await commands.exec()
}

const texts = (places: readonly Place[]) =>
  places.map(({ key, schedule, manual }) => `${(key - begin) / 1000} ${schedule} ${manual}`)

it('reads little at a time, so that a worker in the same process is not kept from its slots', async () => {
  const slots = Array.from({ length: 2500 }, (_, index) => begin + index * 1000)
  await write(ids.flatMap(schedule => slots.map(slot => ({ schedule, slot }))))
  const query = { schedules: ids, from: null, to: null, after: null, hint: 7500 }
  const steps = backwards(books.redis, books.keys, {
    ...query,
    mayFit: () => false,
    fits: () => false,
  })
  const scanned: number[] = []
  for await (const step of steps) scanned.push(step.scanned)
  expect(Math.max(...scanned)).toBeLessThanOrEqual(2000)
  expect(scanned.reduce((sum, count) => sum + count)).toBe(7500)
})

it('shows each run once over all pages, also of equal moments', async () => {
  const slots = Array.from({ length: 33 }, (_, index) => begin + index * 1000)
  await write(ids.flatMap(schedule => slots.map(slot => ({ schedule, slot }))))
  await write(
    [5, 6].map(second => ({
      slot: null,
      schedule: 'b/update-engine',
      asked: begin + second * 1000,
    })),
  )
  const all = texts(await allPages({ limit: 1000 }))
  expect(all).toHaveLength(33 * 3 + 2)
  expect(all.slice(-19, -14)).toEqual([
    '5 a/update-engine false',
    '5 b/update-engine false',
    '5 b/update-engine true',
    '5 c/get-stats false',
    '4 a/update-engine false',
  ])
  for (const limit of [1, 2, 7, 50]) expect(texts(await allPages({ limit }))).toEqual(all)
})

it('goes on where it was, whatever is recorded or declared away meanwhile', async () => {
  await write(
    ids.flatMap(schedule => [1, 2, 3].map(second => ({ schedule, slot: begin + second * 1000 }))),
  )
  const { found, next } = await page({ limit: 5 })
  await write(ids.map(schedule => ({ schedule, slot: begin + 4000 })))
  const second = await page({ limit: 5, after: next, schedules: ids.slice(1) })
  expect(texts([...found, ...second.found].map(({ place }) => place))).toEqual([
    ...ids.map(id => `3 ${id} false`),
    ...ids.slice(0, 2).map(id => `2 ${id} false`),
    ...['2 c/get-stats false', '1 b/update-engine false', '1 c/get-stats false'],
  ])
  expect(second.next).toBeNull()
})

it('reads schedules of very different pace in step', async () => {
  const often = Array.from({ length: 5000 }, (_, index) => begin + index * 1000)
  await write(often.map(slot => ({ schedule: 'a/update-engine', slot })))
  await write([0, 1, 2].map(hour => ({ schedule: 'c/get-stats', slot: begin + hour * 3_600_000 })))
  const all = await allPages({ limit: 500 })
  expect(all).toHaveLength(5003)
  expect(all.map(({ key }) => key)).toEqual(all.map(({ key }) => key).sort((a, b) => b - a))
})

it('keeps to its window, and shows a gap that reaches into it on one page only', async () => {
  await write(
    Array.from({ length: 20 }, (_, index) => ({
      slot: begin + index * 1000,
      schedule: 'a/update-engine',
    })),
  )
  const gap = { verdict: 'missed', count: 9000, to: begin + 10_000 } as const
  await write([{ slot: begin - 9_000_000, schedule: 'b/update-engine', ...gap }])
  const window = { from: begin + 8000, to: begin + 12_000 }
  const seconds = (places: Place[]) => places.map(({ key }) => (key - begin) / 1000)
  expect(seconds(await allPages(window))).toEqual([12, 11, 10, 9, 8, -9000])
  for (const limit of [1, 2, 5]) {
    expect(seconds(await allPages({ ...window, limit }))).toEqual([12, 11, 10, 9, 8, -9000])
  }
  expect(seconds(await allPages({ ...window, from: begin + 10_001 }))).toEqual([12, 11])
})

it('looks at no more than so many entries for a page, and says how far it came', async () => {
  const slots = Array.from({ length: 6000 }, (_, index) => begin + index)
  await write(slots.map(slot => ({ schedule: 'a/update-engine', slot })))
  await write([{ slot: begin - 1000, schedule: 'a/update-engine', verdict: 'failed' }])
  const failed = new Set(['failed'])
  const fits = (run: Run) => failed.has(run.verdict)
  const query = { mayFit: mayHaveEnded(failed), fits, most: 4000 }
  const first = await page(query)
  expect(first.found).toEqual([])
  expect(first.searchedTo).toBeGreaterThan(begin)
  expect(first.searchedTo).toBeLessThanOrEqual(begin + 2000)
  const second = await page({ ...query, after: first.next })
  expect(second).toMatchObject({ next: null, found: [{ run: { verdict: 'failed' } }] })
})

it('is not misled by what an engine says', async () => {
  const detail = '"verdict":"failed"'
  await write([{ slot: begin, schedule: 'a/update-engine', detail, verdict: 'unknown' }])
  const failed = new Set(['failed'])
  const fits = (run: Run) => failed.has(run.verdict)
  expect((await page({ mayFit: mayHaveEnded(failed), fits })).found).toEqual([])
  expect((await page({ mayFit: mayHaveEnded(new Set(['unknown'])) })).found).toHaveLength(1)
})
