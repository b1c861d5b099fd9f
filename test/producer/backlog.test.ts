import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Schedule } from '../../src/jobs.ts'
import { audit } from '../../src/ledger/audit.ts'
import { openBooks, runOf, type TestBooks } from '../fixtures/books.ts'
import { closer, hearOf, leaveMark, listed } from '../fixtures/closing.ts'

const id = 'default/update-engine'
/** On the grid, and long enough ago for everything up to `since` + 6 s to be over. */
const since = Math.floor(Date.now() / 1000) * 1000 - 10_000

let books: TestBooks
let schedule: Schedule
beforeEach(async () => {
  // Each second would have another slot to close.
  vi.useFakeTimers({ toFake: ['Date'] })
  books = openBooks()
  schedule = await books.declare(id, since)
})
afterEach(() => {
  vi.useRealTimers()
  return books.quit()
})

const at = (seconds: number) => since + seconds * 1000
const closed = async (of = id) => Number(await books.redis.hget(books.keys.books(of), 'closed'))
const sums = () => audit(books.redis, books.keys, id)
const runs = () => listed(books, since)

describe('after a long time', () => {
  const hours = since - 3 * 3_600_000
  const members = (slots: number[]) =>
    slots.flatMap(slot => [slot, JSON.stringify(runOf({ slot }))])
  async function caughtUp() {
    let rounds = 0
    for (let before = -1; before !== (await closed()) && rounds < 20; rounds++) {
      before = await closed()
      await books.close(schedule)
    }
    expect(await sums()).toMatchObject({ running: expect.any(Number), unaccounted: 0 })
    return rounds
  }

  it('closes thousands of recorded slots in a few rounds', async () => {
    schedule = await books.declare(id, hours)
    const slots = Array.from({ length: 4500 }, (_, index) => hours + (index + 1) * 1000)
    await books.redis.zadd(books.keys.runs(id), ...members(slots))
    await books.redis.hset(books.keys.books(id), 'succeeded', slots.length)
    expect(await caughtUp()).toBeLessThan(6)
    const all = await sums()
    expect(all).toMatchObject({ succeeded: 4500 })
    expect((all?.due ?? 0) - (all?.running ?? 0)).toBe(4500 + (all?.missed ?? 0))
  })

  it('closes thousands of gaps in a few rounds', async () => {
    schedule = await books.declare(id, hours)
    const slots = Array.from({ length: 1800 }, (_, index) => hours + (index * 3 + 1) * 1000)
    await books.redis.zadd(books.keys.runs(id), ...members(slots))
    await books.redis.hset(books.keys.books(id), 'succeeded', slots.length)
    expect(await caughtUp()).toBeLessThan(8)
  })

  it('walks a cron pattern to its end', async () => {
    const grid = { cron: '* * * * * *', timezone: 'Europe/Berlin' }
    schedule = await books.declare(id, hours, [{ from: hours, to: null, grid }])
    expect(await caughtUp()).toBeLessThan(10)
    const ranges = await books.ledger.runs(id, hours, since, 100)
    expect(ranges.reduce((sum, { count = 1 }) => sum + count, 0)).toBeGreaterThan(10_800)
  })
})

describe('of what is closed, it keeps', () => {
  it('as many runs as asked for, and the sums of all', async () => {
    for (let index = 1; index <= 6; index++) await books.record({ slot: at(index) })
    await closer(books, { runs: 2 }).close([schedule], false)
    expect(await books.redis.zcard(books.keys.runs(id))).toBe(2)
    expect(await sums()).toMatchObject({ succeeded: 6, unaccounted: 0 })
  })

  it('those that are not too old', async () => {
    for (let index = 1; index <= 6; index++) await books.record({ slot: at(index) })
    await closer(books, { runsAge: Date.now() - at(3) - 1 }).close([schedule], false)
    expect((await runs())[0]).toBe('4 succeeded')
  })

  it('nothing less than what is not closed, however little is asked for', async () => {
    await leaveMark(books, at(1))
    await hearOf(books, 'w1')
    for (let index = 2; index <= 6; index++) await books.record({ slot: at(index) })
    const { redis, keys } = books
    // The watermark moves, and passes no run.
    await redis.hset(keys.books(id), 'closed', at(0) - 500)
    await closer(books, { runs: 2, runsAge: 1 }).close([schedule], false)
    expect(await closed()).toBe(at(1) - 1)
    expect(await runs()).toHaveLength(5)
    await redis.del(keys.processes)
    await closer(books, { runs: 2, runsAge: 1e12 }).close([schedule], false)
    expect((await runs())[0]).not.toBe('1 unknown worker-lost')
    expect(await sums()).toMatchObject({ unknown: 1, succeeded: 5, unaccounted: 0 })
  })
})
