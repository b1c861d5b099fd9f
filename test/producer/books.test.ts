import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Schedule } from '../../src/jobs.ts'
import { audit } from '../../src/ledger/audit.ts'
import type { Epoch } from '../../src/ledger/epochs.ts'
import type { Run } from '../../src/ledger/run.ts'
import { openBooks, type TestBooks } from '../fixtures/books.ts'
import { closer, hearOf, leaveMark, listed } from '../fixtures/closing.ts'

const id = 'default/update-engine'
/** On the grid, and long enough ago for everything up to `since` + 6 s to be over. */
const since = Math.floor(Date.now() / 1000) * 1000 - 10_000
const second = { interval: 1000, phase: 0 }

let books: TestBooks
let schedule: Schedule
beforeEach(async () => {
  books = openBooks()
  schedule = await books.declare(id, since)
})
afterEach(() => books.quit())

const at = (seconds: number) => since + seconds * 1000
const closed = async (of = id) => Number(await books.redis.hget(books.keys.books(of), 'closed'))
const sums = () => audit(books.redis, books.keys, id)
const runs = () => listed(books, since)

it('closes slots that nobody may start any more, and no others', async () => {
  await books.record({ slot: at(2) })
  const before = Date.now()
  await books.close(schedule)
  const now = Date.now()
  const found = await runs()
  expect(found.slice(0, 3)).toEqual(['1 missed not-run', '2 succeeded', '3 missed not-run'])
  // Of a slot's second and the two for its worker to speak, both have passed.
  expect(at(found.length)).toBeLessThanOrEqual(now - 3000)
  expect(at(found.length + 1)).toBeGreaterThan(before - 3100)
  expect(await sums()).toMatchObject({ succeeded: 1, missed: found.length - 1, unaccounted: 0 })
})

it('counts once, though many producers close at the same time', async () => {
  await Promise.all(Array.from({ length: 5 }, () => books.close(schedule)))
  const found = await runs()
  expect(await sums()).toMatchObject({ missed: found.length, unaccounted: 0 })
  expect(Number(await books.redis.hget(books.keys.books(id), 'due'))).toBe(found.length)
})

describe('a slot that was sent', () => {
  it('waits for its worker to speak, and with it what comes after', async () => {
    await hearOf(books, 'w1')
    await leaveMark(books, at(2))
    await books.close(schedule)
    expect(await runs()).toEqual(['1 missed not-run'])
    await books.record({ slot: at(2) })
    await books.close(schedule)
    expect((await runs()).slice(0, 3)).toEqual([
      '1 missed not-run',
      '2 succeeded',
      '3 missed not-run',
    ])
  })

  const gone = ['was not heard of for ten seconds', 'w1', 10_500] as const
  const restarted = ['was started again under its name', 'w1#bbbb', 0] as const
  it.each([gone, restarted])('is unknown when its worker %s', async (_how, name, ago) => {
    await hearOf(books, name, ago)
    await leaveMark(books, at(2))
    await books.close(schedule)
    expect((await runs())[1]).toBe('2 unknown worker-lost')
    expect(await books.redis.hlen(books.keys.sent(id))).toBe(0)
  })

  it('waits while everybody may still come back after an outage', async () => {
    await leaveMark(books, at(2))
    await closer(books).close([schedule], true)
    expect(await runs()).toEqual(['1 missed not-run'])
  })

  it('is unknown when its worker lives and has forgotten it', async () => {
    await hearOf(books, 'w1')
    await leaveMark(books, at(2), { at: Date.now() - 62_500 })
    await closer(books).close([schedule], true)
    expect((await runs())[1]).toBe('2 unknown worker-lost')
  })

  it('waits as long as the lease is held for it', async () => {
    await leaveMark(books, at(2))
    await books.redis.hset(books.keys.lease(id), 'token', 't', 'key', at(2))
    await books.close(schedule)
    expect(await runs()).toEqual(['1 missed not-run'])
    await books.redis.del(books.keys.lease(id))
    await books.close(schedule)
    expect((await runs())[1]).toBe('2 unknown worker-lost')
  })

  it('counts as sent by nobody when its mark cannot be read', async () => {
    await hearOf(books, 'w1')
    await books.redis.hset(books.keys.sent(id), at(2), 'garbage', 'odd field', 'x')
    await books.close(schedule)
    expect((await runs())[1]).toBe('2 unknown worker-lost')
  })
})

it('fails a slot whose attempts had no effect when the next one has come', async () => {
  await hearOf(books, 'w1')
  await leaveMark(books, at(2), { state: 'not-executed', attempts: 2 })
  await books.close(schedule)
  expect((await runs())[1]).toBe('2 failed http-503')
  const [run] = await books.ledger.runs(id, at(2), at(2), 1)
  expect(run).toMatchObject({ attempts: 2, status: 503, worker: 'w1' })
})

it('leaves the time until the next slot to a slot that is tried again', async () => {
  const grid = { interval: 60_000, phase: at(0) % 60_000 }
  const hour = await books.declare(id, at(-60), [{ from: at(-60), to: null, grid }])
  await leaveMark(books, at(0), { state: 'not-executed' })
  await books.close(hour)
  expect(await runs()).toEqual([])
  expect(await closed()).toBe(at(0) - 1)
})

it('writes down what became of a call by hand, which is no slot', async () => {
  await leaveMark(books, `m${at(2) + 5}`)
  await hearOf(books, 'w2')
  await leaveMark(books, `m${at(2) + 6}`, { worker: 'w2' })
  await books.close(schedule)
  await books.close(schedule)
  const { redis, keys } = books
  const manual = (await redis.zrange(keys.manual(id), '0', '-1')).map(
    json => JSON.parse(json) as Run,
  )
  expect(manual).toMatchObject([{ slot: null, manual: true, verdict: 'unknown', worker: 'w1' }])
  expect(await redis.hkeys(keys.sent(id))).toEqual([`m${at(2) + 6}`])
  expect(await sums()).toMatchObject({ unknown: 0, unaccounted: 0 })
})

it('throws away the marks of slots that were closed before', async () => {
  await leaveMark(books, at(-5))
  await books.close(schedule)
  expect(await books.redis.hlen(books.keys.sent(id))).toBe(0)
})

it('gives a rare slot its lateness, though the slots before it came close', async () => {
  // Five seconds ago, and a minute later; the two before them were a second apart.
  const seconds = [0, 1, 5].map(second => new Date(at(second)).getUTCSeconds())
  const grid = { cron: `${seconds.join(',')} * * * * *`, timezone: 'UTC' }
  const rare = await books.declare(id, at(-1), [{ from: at(-1), to: null, grid }])
  await closer(books, { maxLateness: 30_000 }).close([rare], false)
  expect(await runs()).toEqual(['0 missed not-run', '1 missed not-run'])
})

it('closes the slots of an ended grid by that grid', async () => {
  const grid = { interval: 60_000, phase: at(0) % 60_000 }
  const epochs: Epoch[] = [
    { from: at(-60), to: at(1), grid },
    { from: at(2), to: null, grid: second },
  ]
  const changed = await books.declare(id, at(-1), epochs)
  const patient = closer(books, { maxLateness: 30_000 })
  await patient.close([changed], false)
  expect(await runs()).toEqual([])
  await books.close(changed)
  await books.close(changed)
  expect((await runs()).slice(0, 3)).toEqual([
    '0 missed not-run',
    '3 missed not-run',
    '4 missed not-run',
  ])
  expect(await sums()).toMatchObject({ unaccounted: 0 })
})

describe('when something cannot be read', () => {
  let other: Schedule
  beforeEach(async () => {
    other = await books.declare('other/get-stats', since)
  })

  it.each([
    ['no books', async () => void (await books.redis.del(books.keys.books(id)))],
    ['no watermark', () => books.redis.hset(books.keys.books(id), 'closed', 'x')],
    ['no epochs', () => books.redis.hset(books.keys.books(id), 'epochs', '[{]')],
  ])('names the schedule that has %s, and closes the others', async (_what, harm) => {
    await harm()
    expect((await books.close(schedule, other)).lost).toEqual([id])
    expect(await closed(other.id)).toBeGreaterThan(since)
  })

  it('says which one is broken, and closes the others', async () => {
    await books.redis.set(books.keys.sent(id), 'no hash')
    await expect(books.close(schedule, other)).rejects.toThrow(`${id}: WRONGTYPE`)
    expect(await closed(other.id)).toBeGreaterThan(since)
  })

  it('takes processes and a lease that are garbage for nobody', async () => {
    await books.redis.hset(books.keys.processes, 'worker:w1', 'garbage')
    await books.redis.hset(books.keys.lease(id), 'key', 'x')
    await leaveMark(books, at(2))
    await books.close(schedule)
    expect((await runs())[1]).toBe('2 unknown worker-lost')
  })
})
