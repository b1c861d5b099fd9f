import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEvents, type EventMap } from '../../src/events.ts'
import { audit } from '../../src/ledger/audit.ts'
import { type Declared, declaredSchedules } from '../../src/ledger/declared.ts'
import { parseEpochs } from '../../src/ledger/epochs.ts'
import { parseRun } from '../../src/ledger/ledger.ts'
import { parseMark } from '../../src/ledger/mark.ts'
import { Memory } from '../../src/producer/memory.ts'
import { Rewind } from '../../src/producer/rewind.ts'
import { Leases } from '../../src/worker/lease.ts'
import { openBooks, runOf, type TestBooks } from '../fixtures/books.ts'
import { hearOf, leaveMark } from '../fixtures/closing.ts'

const id = 'default/update-engine'
const AHEAD = 100_000

let books: TestBooks
let rewind: Rewind
let said: EventMap['clock-set-back'][0][]
/** Where the clock stood, and what it is now: seconds. */
let then: number
let now: number
beforeEach(() => {
  books = openBooks()
  said = []
  const events = createEvents()
  events.on('clock-set-back', event => said.push(event))
  const { redis, keys } = books
  const memory = new Memory({ redis, keys, events })
  rewind = new Rewind({
    redis,
    keys,
    events,
    memory,
    keep: 1000,
    stalledCheck: `${keys.paused}:no`,
  })
  now = Math.floor(Date.now() / 1000) * 1000
  then = now + AHEAD
})
afterEach(() => books.quit())

/** Books opened before the clock was set back, closed up to five seconds before `then`. */
async function ahead() {
  const schedule = await books.declare(id, then - 10_000)
  for (let slot = then - 9000; slot <= then; slot += 1000) {
    if (slot !== then - 2000) await books.record({ slot })
  }
  const fields = { closed: then - 5000, due: 5, since: then - 10_000 }
  await books.redis.hset(books.keys.books(id), fields)
  return schedule
}
const act = async () => {
  return rewind.act([...(await declaredSchedules(books.redis, books.keys)).values()])
}
const book = () => books.redis.hgetall(books.keys.books(id))
const aside = async () => {
  const runs = await books.redis.zrange(books.keys.ahead(id), '0', '-1')
  return runs.flatMap(parseRun)
}

it('leaves books alone that are not ahead of now', async () => {
  await books.declare(id, now - 10_000)
  const before = await book()
  expect(await act()).toBe(false)
  expect(await book()).toEqual(before)
  expect(said).toEqual([])
})

it('files aside what ended ahead of now, and counts what nobody ran there as missed', async () => {
  await ahead()
  expect(await act()).toBe(true)
  expect(said).toMatchObject([{ from: then, schedules: 1 }])
  const runs = await aside()
  expect(runs).toHaveLength(10)
  expect(runs.filter(({ verdict }) => verdict === 'missed').map(({ slot }) => slot)).toEqual([
    then - 2000,
  ])
  expect(await books.redis.zcard(books.keys.runs(id))).toBe(0)
  expect(await book()).toMatchObject({ due: '10', succeeded: '9', missed: '1' })
  expect(await audit(books.redis, books.keys, id)).toMatchObject({ due: 10, unaccounted: 0 })
  // Once is enough.
  expect(await act()).toBe(false)
})

it('goes on with slots that bear other names than those that were called', async () => {
  const before = await ahead()
  await act()
  const [declared] = (
    await declaredSchedules(books.redis, books.keys)
  ).values() as Iterable<Declared>
  expect(declared?.schedule.grid).toEqual({ ...before.grid, shift: 1 })
  expect(declared?.schedule.lead).toBe(before.lead)
  const fields = await book()
  const [last] = parseEpochs(fields.epochs ?? '').slice(-1)
  expect(last).toMatchObject({ to: null, grid: declared?.schedule.grid })
  expect(Number(fields.closed)).toBeLessThan(Date.now() + 1000)
  // And once more, while the names of both stretches may come again.
  await books.redis.hset(books.keys.books(id), 'closed', then - 20_000)
  await act()
  const again = (await declaredSchedules(books.redis, books.keys)).get(id)
  expect(again?.schedule.grid).toEqual({ ...before.grid, shift: 2 })
})

it('counts a call that was under way as due once its verdict is known', async () => {
  await ahead()
  const slot = then + 1000
  await leaveMark(books, slot, { at: then + 1000, until: then + 61_000, token: 't', worker: 'w1' })
  await act()
  const mark = parseMark(await books.redis.hget(books.keys.sent(id), String(slot)))
  expect(mark).toMatchObject({ state: 'sent', carried: true })
  expect((mark?.until ?? 0) - (mark?.at ?? 0)).toBe(60_000)
  expect(mark?.at).toBeLessThanOrEqual(Date.now())
  expect(await audit(books.redis, books.keys, id)).toMatchObject({ due: 10, unaccounted: 0 })
  expect(await books.record({ slot })).toBe('recorded')
  expect(await audit(books.redis, books.keys, id)).toMatchObject({ due: 11, unaccounted: 0 })
  expect((await aside()).at(-1)).toMatchObject({ slot, verdict: 'succeeded' })
})

it.each([
  ['sent', 'unknown', 'worker-lost'],
  ['not-executed', 'failed', 'http-503'],
] as const)(
  'settles a call that was %s when its worker is gone',
  async (state, verdict, reason) => {
    const schedule = await ahead()
    const slot = then + 1000
    await leaveMark(books, slot, { at: slot, until: slot + 60_000, state })
    await act()
    await hearOf(books, 'another')
    await books.close(schedule)
    expect((await aside()).at(-1)).toMatchObject({ slot, verdict, reason })
    expect(await audit(books.redis, books.keys, id)).toMatchObject({ due: 11, unaccounted: 0 })
  },
)

it('keeps a verdict from being undone while a slot of then is claimed again', async () => {
  const { revision } = await ahead()
  await act()
  const leases = new Leases(books)
  const claim = {
    ...{ schedule: id, engine: 'default', key: then + 1000, manual: false, token: 't' },
    ...{ worker: 'w1', revision, repeatable: false, late: false },
  }
  expect(await leases.admit(claim, 1000, null)).toMatchObject({ answer: 'superseded' })
  expect(await leases.admit({ ...claim, repeatable: true }, 1000, null)).toMatchObject({
    answer: 'superseded',
  })
})

it('does not take a worker whose clock is ahead for a clock that was set back', async () => {
  await books.declare(id, now - 10_000)
  await books.record(runOf({ slot: then }))
  const presence = { part: 'worker', name: 'w1', version: '1', since: now, seen: Date.now() }
  const json = JSON.stringify({ ...presence, clock: AHEAD })
  await books.redis.hset(books.keys.processes, 'worker:w1', json)
  for (let looks = 0; looks < 3; looks++) expect(await act()).toBe(false)
  await books.redis.del(books.keys.processes)
  expect(await act()).toBe(false)
  expect(await act()).toBe(true)
})
