import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEvents, type EventMap } from '../../src/events.ts'
import { type Schedule, scheduleId } from '../../src/jobs.ts'
import { declaredSchedules } from '../../src/ledger/declared.ts'
import { parseEpochs } from '../../src/ledger/epochs.ts'
import { type Declaration, declare, reopen } from '../../src/producer/declare.ts'
import { revisionOf } from '../../src/ticks.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'

const id = 'default/update-engine'
const start = Date.now()
const declaredNow = { how: 'declared' }
const superseded = { how: 'superseded' }

let books: TestBooks
let said: (EventMap['declared'] | EventMap['repaired'])[number][]
let options: Declaration
beforeEach(() => {
  books = openBooks()
  said = []
  const events = createEvents()
  events.on('declared', event => said.push(event))
  events.on('repaired', event => said.push(event))
  const { redis, keys } = books
  options = {
    redis,
    keys,
    events,
    ...{ by: 'p', at: start, attempts: 3, keepRemoved: 60_000 },
    ...{ closedOf: () => undefined, paused: () => ({}) },
  }
})
afterEach(() => books.quit())

function schedule(interval = 1000, job: Schedule['job'] = 'update-engine'): Schedule {
  const grid = { interval, phase: 0 }
  const revision = revisionOf({ grid, lead: 250 })
  return { id: scheduleId('default', job), engine: 'default', job, grid, lead: 250, revision }
}
const book = () => books.redis.hgetall(books.keys.books(id))
const epochs = async () => parseEpochs((await book()).epochs ?? '')
const declared = async () => [...(await declaredSchedules(books.redis, books.keys)).keys()]

it('opens the books with the first slot for which a tick can be placed', async () => {
  const before = Date.now()
  expect(await declare(options, [schedule()])).toEqual(declaredNow)
  const [epoch] = await epochs()
  expect(epoch).toMatchObject({ to: null, grid: { interval: 1000, phase: 0 } })
  expect(epoch?.from).toBeGreaterThanOrEqual(before + 750)
  const from = String(epoch?.from)
  expect(await book()).toMatchObject({ closed: from, since: from, from, ended: '0' })
  expect(said).toEqual([{ schedule: id, change: 'added' }])
  const [entry] = (await declaredSchedules(books.redis, books.keys)).values()
  expect(entry).toEqual({ schedule: schedule(), by: 'p', at: start, attempts: 3 })
})

it('changes nothing when it is repeated', async () => {
  await declare(options, [schedule()])
  const before = await book()
  await declare({ ...options, at: start + 5, by: 'q' }, [schedule()])
  expect(await book()).toEqual(before)
  expect(said).toHaveLength(1)
})

it('leaves every slot due when what was declared is lost, and the books are not', async () => {
  const before = await declare(options, [schedule()]).then(book)
  await books.redis.del(books.keys.schedules, books.keys.declaration)
  await declare({ ...options, at: start + 5 }, [schedule()])
  expect(await book()).toEqual(before)
})

it('opens the books once, though many producers declare at the same time', async () => {
  const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((by, index) =>
    declare({ ...options, by, at: start + index }, [schedule(), schedule(500, 'get-stats')]),
  )
  expect(await Promise.all(all)).toContainEqual(declaredNow)
  expect(await epochs()).toHaveLength(1)
  const added = said.filter(event => 'change' in event)
  expect(added).toHaveLength(2)
})

it('ends the old grid where the new one begins, and leaves a while to place ticks', async () => {
  await declare(options, [schedule()])
  await declare(options, [schedule()])
  await books.redis.hset(books.keys.books(id), 'epochs', oldEpochs())
  await declare({ ...options, at: start + 1 }, [schedule(2000)])
  const [old, current] = await epochs()
  expect(current).toMatchObject({ to: null, grid: { interval: 2000, phase: 0 } })
  expect(current?.from).toBe((old?.to ?? 0) + 500)
  expect(await book()).toMatchObject({
    ...{ revision: schedule(2000).revision, from: String(current?.from), ended: String(old?.to) },
  })
  expect(said.at(-1)).toEqual({ schedule: id, change: 'changed' })
})

const oldEpochs = (count = 1) =>
  JSON.stringify(
    Array.from({ length: count }, (_, index) => ({
      ...{ from: 1000 * index, to: index === count - 1 ? null : 1000 * (index + 1) },
      grid: { interval: 100 + index, phase: 0 },
    })),
  )

it('forgets old epochs when there are many, but none that is not closed', async () => {
  await declare(options, [schedule()])
  const { redis, keys } = books
  await redis.hset(keys.books(id), 'epochs', oldEpochs(30), 'closed', 2000)
  await declare({ ...options, at: start + 1 }, [schedule(2000)])
  const open = await epochs()
  expect(open[0]?.from).toBe(2000)
  await redis.hset(keys.books(id), 'closed', 1e15)
  await declare({ ...options, at: start + 2 }, [schedule(3000)])
  expect(await epochs()).toHaveLength(20)
  expect((await epochs()).at(-1)?.to).toBeNull()
})

it('leaves a later declaration alone', async () => {
  await declare({ ...options, by: 'newer', at: start + 1 }, [schedule(2000)])
  const before = await book()
  expect(await declare(options, [schedule()])).toEqual(superseded)
  expect(await declare(options, [])).toEqual(superseded)
  expect(await book()).toEqual(before)
  expect(await declared()).toEqual([id])
  expect(said).toHaveLength(1)
})

it('knows whose declaration counts of two in the same ms', async () => {
  expect(await declare({ ...options, by: 'a' }, [schedule()])).toEqual(declaredNow)
  expect(await declare({ ...options, by: 'b' }, [schedule(2000)])).toEqual(declaredNow)
  expect(await declare({ ...options, by: 'a' }, [schedule()])).toEqual(superseded)
})

it('removes what is configured no more, and keeps its books for a while', async () => {
  // Gone long before its first slot, which its lead puts off.
  const late = { ...schedule(), lead: 60_000 }
  await declare(options, [late, schedule(500, 'get-stats')])
  await declare({ ...options, at: start + 1 }, [schedule(500, 'get-stats')])
  expect(await declared()).toEqual(['default/get-stats'])
  const { redis, keys } = books
  expect(await redis.pttl(keys.books(id))).toBeGreaterThan(50_000)
  const [epoch] = await epochs()
  expect(epoch?.to).toBe(epoch?.from)
  expect(said.at(-1)).toEqual({ schedule: id, change: 'removed' })
})

it('goes on with the books of a schedule that comes back', async () => {
  await declare(options, [schedule()])
  const { redis, keys } = books
  await redis.hset(keys.books(id), 'epochs', oldEpochs(), 'closed', 5000, 'due', 40, 'missed', 40)
  await declare({ ...options, at: start + 1 }, [])
  await declare({ ...options, at: start + 2 }, [schedule()])
  expect(await redis.pttl(keys.books(id))).toBe(-1)
  expect(await book()).toMatchObject({ closed: '5000', due: '40', missed: '40' })
  const [old, current] = await epochs()
  expect(old?.to).toBeGreaterThanOrEqual(start)
  expect(current?.from).toBeGreaterThan(old?.to ?? 0)
  expect(said.at(-1)).toEqual({ schedule: id, change: 'added' })
})

it.each([
  ['are gone', { epochs: '', closed: '', kept: {} }],
  ['have an unreadable watermark', { epochs: oldEpochs(), closed: 'x', kept: { fence: '7' } }],
  ['have unreadable epochs', { epochs: 'garbage', closed: '5', kept: { fence: '7' } }],
])('opens books anew that %s, with sums that add up', async (_how, { epochs, closed, kept }) => {
  await declare(options, [schedule()])
  const { redis, keys } = books
  await redis.del(keys.books(id))
  // A run that was under way left its sum.
  await redis.hset(keys.books(id), { succeeded: 1, ...kept })
  if (epochs !== '') await redis.hset(keys.books(id), { epochs, closed, due: 3 })
  await declare(options, [schedule()])
  const standing = await book()
  expect(Object.keys(standing).sort()).toEqual(
    ['closed', 'ended', 'epochs', 'from', 'revision', 'since', ...Object.keys(kept)].sort(),
  )
  expect(standing).toMatchObject({ closed: standing.from, since: standing.from, ...kept })
  expect(said.at(-1)).toMatchObject({ schedule: id, what: expect.stringContaining('its books') })
})

it('opens the books of a schedule that somebody else has declared', async () => {
  await declare({ ...options, by: 'newer', at: start + 1 }, [schedule()])
  await books.redis.del(books.keys.books(id))
  const [entry] = (await declaredSchedules(books.redis, books.keys)).values()
  if (entry === undefined) throw new Error('nothing is declared')
  await reopen(options, entry)
  expect(await epochs()).toHaveLength(1)
  expect([...(await declaredSchedules(books.redis, books.keys)).values()]).toEqual([entry])
})

it('takes an unreadable declaration for an old one', async () => {
  await books.redis.hset(books.keys.declaration, 'at', 'x', 'by', 'y')
  await books.redis.hset(books.keys.schedules, id, 'garbage')
  expect(await declare(options, [schedule()])).toEqual(declaredNow)
  expect(await declared()).toEqual([id])
})
