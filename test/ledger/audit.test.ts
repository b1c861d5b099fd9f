import { afterEach, beforeEach, expect, it } from 'vitest'
import { audit } from '../../src/ledger/audit.ts'
import type { Epoch } from '../../src/ledger/epochs.ts'
import type { Verdict } from '../../src/ledger/run.ts'
import { openBooks, runOf, type TestBooks } from '../fixtures/books.ts'

const id = 'default/update-engine'
const none = { failed: 0, unknown: 0, engineStopped: 0, skipped: 0, missed: 0 }

let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

const sum = (window?: { from: number; to: number }) => audit(books.redis, books.keys, id, window)

/** Opens books of a slot every second for so many seconds, ended by now: time changes nothing. */
async function declared(seconds: number) {
  const end = Math.floor(Date.now() / 1000) * 1000
  const since = end - seconds * 1000
  const grid = { interval: 1000, phase: 0 }
  return { since, schedule: await books.declare(id, since, [{ from: since, to: end, grid }]) }
}

it('knows nothing of a schedule without books', async () => {
  expect(await sum()).toBeNull()
  expect(await sum({ from: 0, to: Date.now() })).toBeNull()
})

it('counts every slot since the books were opened, those without a verdict as running', async () => {
  const { since } = await declared(10)
  const verdicts: Verdict[] = ['succeeded', 'failed', 'unknown', 'engine-stopped', 'skipped']
  for (const [index, verdict] of verdicts.entries()) {
    await books.record({ slot: since + 1000 * (index + 1), verdict })
  }
  const counts = {
    ...{ due: 10, succeeded: 1, failed: 1, unknown: 1, engineStopped: 1, skipped: 1, missed: 0 },
    ...{ running: 5, unaccounted: 0 },
  }
  expect(await sum()).toMatchObject({ schedule: id, from: since + 1, ...counts })
  expect(await sum({ from: since + 1, to: Date.now() })).toMatchObject(counts)
})

it('counts no slot before it is due, though a paused one has its verdict a moment earlier', async () => {
  const hour = 3_600_000
  const next = Date.now() + 60_000
  const from = next - 2.5 * hour
  const grid = { interval: hour, phase: next % hour }
  await books.declare(id, from, [{ from, to: null, grid }])
  await books.record({ slot: next, verdict: 'skipped', reason: 'paused' })
  expect(await sum()).toMatchObject({ due: 2, ...none, succeeded: 0, running: 2, unaccounted: 0 })
})

it('is zero all over before the first slot', async () => {
  const since = Date.now() + 60_000
  await books.declare(id, since)
  expect(await sum()).toMatchObject({ due: 0, ...none, running: 0, unaccounted: 0 })
})

it('sums up the same before and after the producer has closed the books', async () => {
  const { since, schedule } = await declared(200)
  for (let slot = since + 1000; slot <= since + 20_000; slot += 1000) await books.record({ slot })
  expect(await sum()).toMatchObject({ due: 200, succeeded: 20, running: 180, unaccounted: 0 })
  await books.close(schedule)
  const closed = await sum()
  expect(closed).toMatchObject({ due: 200, succeeded: 20, unaccounted: 0 })
  expect((closed?.missed ?? 0) + (closed?.running ?? 0)).toBe(180)
  expect(closed?.missed).toBeGreaterThan(170)
})

it('cuts a long gap, kept as one range, where the window cuts it', async () => {
  const { since, schedule } = await declared(300)
  await books.record({ slot: since + 1000 })
  await books.record({ slot: since + 250_000 })
  await books.close(schedule)
  const range = (await books.ledger.runs(id, 0, since + 5000, 10))[0]
  expect(range).toMatchObject({ slot: since + 2000, to: since + 249_000, count: 248 })
  const at = (first: number, last: number) =>
    sum({ from: since + first * 1000, to: since + last * 1000 })
  const missed = (due: number) => ({ due, ...none, missed: due, running: 0, unaccounted: 0 })
  expect(await at(2, 249)).toMatchObject(missed(248))
  expect(await at(100, 150)).toMatchObject(missed(51))
  expect(await at(100.5, 150.5)).toMatchObject(missed(50))
  expect(await at(0.5, 100)).toMatchObject({ due: 100, succeeded: 1, missed: 99, unaccounted: 0 })
  expect(await at(200, 251)).toMatchObject({ due: 52, succeeded: 1, missed: 51, unaccounted: 0 })
  expect(await at(250, 250)).toMatchObject({ due: 1, succeeded: 1, missed: 0, unaccounted: 0 })
})

it('says which part of a window it can answer for', async () => {
  const { since } = await declared(20)
  const now = Date.now()
  const window = await sum({ from: 0, to: now + 1e9 })
  expect(window).toMatchObject({ from: since + 1, due: 20, running: 20, unaccounted: 0 })
  expect(window?.to).toBeGreaterThanOrEqual(now)
  expect(window?.to).toBeLessThan(now + 10_000)
})

it('leaves out of a window what the ledger has forgotten', async () => {
  await books.quit()
  books = openBooks({ keep: 10 })
  const { since, schedule } = await declared(60)
  for (let slot = since + 1000; slot <= since + 60_000; slot += 1000) await books.record({ slot })
  await books.close(schedule)
  const kept = await books.redis.zrange(books.keys.runs(id), '0', '0', 'WITHSCORES')
  expect(await sum()).toMatchObject({ due: 60, succeeded: 60, running: 0, unaccounted: 0 })
  const window = await sum({ from: since, to: Date.now() })
  expect(window).toMatchObject({ from: Number(kept[1]), running: 0, unaccounted: 0 })
  expect(window?.succeeded).toBe(window?.due)
  expect(await sum({ from: since, to: since + 5000 })).toMatchObject({ due: 0, unaccounted: 0 })
  await books.redis.del(books.keys.runs(id))
  expect(await sum({ from: since, to: since + 5000 })).toMatchObject({ due: 0, unaccounted: 0 })
})

it('finds a slot whose verdict is gone, and a verdict that no slot asked for', async () => {
  const { since, schedule } = await declared(30)
  for (let slot = since + 1000; slot <= since + 30_000; slot += 1000) await books.record({ slot })
  await books.close(schedule)
  const gone = since + 10_000
  await books.redis.zremrangebyscore(books.keys.runs(id), gone, gone)
  expect(await sum({ from: since, to: since + 15_000 })).toMatchObject({ due: 15, unaccounted: 1 })
  const stray = since + 29_500
  await books.redis.zadd(books.keys.runs(id), stray, JSON.stringify(runOf({ slot: stray })))
  await books.redis.hincrby(books.keys.books(id), 'succeeded', 1)
  expect(await sum()).toMatchObject({ due: 30, succeeded: 31, running: 0, unaccounted: -1 })
})

it('shows a book whose sum was lost', async () => {
  const { schedule } = await declared(30)
  await books.close(schedule)
  await books.redis.hincrby(books.keys.books(id), 'missed', -2)
  expect(await sum()).toMatchObject({ due: 30, unaccounted: 2 })
})

it('says so when a key holds something else', async () => {
  await books.declare()
  await books.redis.set(books.keys.runs(id), 'no sorted set')
  await expect(sum()).rejects.toThrow('WRONGTYPE')
})

it('adds up over adjacent windows, whatever grids, verdicts and gaps there were', async () => {
  const random = seeded(7)
  for (let round = 0; round < 10; round++) {
    await books.quit()
    books = openBooks()
    const begin = Date.now() - 3_000_000 + Math.floor(random() * 1000)
    const epochs: Epoch[] = []
    for (let from = begin, left = 4; left > 0; left--) {
      const to = left === 1 ? null : from + 200_000 + Math.floor(random() * 300_000)
      const interval = 500 + Math.floor(random() * 20) * 250
      const grid = { interval, phase: Math.floor(random() * interval) }
      epochs.push({ from, to, grid })
      from = (to ?? 0) + Math.floor(random() * 2000)
    }
    const schedule = await books.declare(id, begin, epochs)
    const commands: Promise<unknown>[] = []
    for (const { from, to, grid } of epochs) {
      const { interval, phase } = grid as { interval: number; phase: number }
      let busy = true
      const first = (Math.floor((from - phase) / interval) + 1) * interval + phase
      for (let slot = first; slot <= (to ?? Date.now()); slot += interval) {
        if (random() < 0.02) busy = !busy
        if (busy) commands.push(books.record({ slot, verdict: pick(random()) }))
      }
    }
    await Promise.all(commands)
    const rounds = Math.floor(random() * 3)
    for (let closing = 0; closing < rounds; closing++) await books.close(schedule)

    const whole = await sum()
    expect(whole?.unaccounted).toBe(0)
    const cuts = Array.from({ length: 5 }, () => begin + Math.floor(random() * 2_990_000)).sort()
    const edges = [begin + 1, ...cuts, whole?.to ?? 0]
    const parts = []
    for (let index = 1; index < edges.length; index++) {
      const from = (edges[index - 1] as number) + (index === 1 ? 0 : 1)
      parts.push(await sum({ from, to: edges[index] as number }))
    }
    expect(parts.map(part => part?.unaccounted)).toEqual(parts.map(() => 0))
    for (const count of ['due', 'succeeded', 'failed', 'missed', 'skipped', 'running'] as const) {
      const total = parts.reduce((all, part) => all + (part?.[count] ?? 0), 0)
      expect({ [count]: total }).toEqual({ [count]: whole?.[count] })
    }
  }
})

function pick(value: number): Verdict {
  return value < 0.8 ? 'succeeded' : value < 0.9 ? 'failed' : 'skipped'
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
