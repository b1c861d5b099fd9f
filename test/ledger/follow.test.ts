import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { type FollowOptions, follow } from '../../src/ledger/follow.ts'
import { createRedis } from '../../src/redis.ts'
import { openBooks, runOf, type TestBooks } from '../fixtures/books.ts'
import { startRedis, type TestRedis } from '../fixtures/redis.ts'
import { createWatch } from '../fixtures/watch.ts'

const id = 'default/update-engine'
const closers: (() => unknown)[] = []
let since = 0

beforeEach(() => {
  since = Math.floor(Date.now() / 1000) * 1000 - 60_000
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function setup(redis?: TestRedis) {
  const books = openBooks(redis ? { redis: redis.url } : {})
  const schedule = await books.declare(id, since)
  closers.push(() => books.quit())
  return { books, schedule }
}

/** Follows until the end of the test; `seen` holds the slots that were shown, in seconds. */
function following(
  books: TestBooks,
  options: Partial<Pick<FollowOptions, 'past' | 'period'>> = {},
) {
  const { changed, waitFor } = createWatch()
  const seen: (number | string)[] = []
  const told: string[] = []
  const stop = new AbortController()
  const run = async () => {
    const all = follow({
      redis: books.redis,
      keys: books.keys,
      schedules: async () => [id],
      fits: ({ schedule }) => schedule === id,
      past: async () => [],
      ...options,
      signal: stop.signal,
      tell: message => {
        told.push(message)
        changed()
      },
    })
    let first = true
    for await (const runs of all) {
      seen.push(...runs.map(({ slot, request }) => (slot === null ? `${request}` : at(slot))))
      if (first) seen.push('now')
      first = false
      changed()
    }
  }
  const done = run()
  closers.push(async () => {
    stop.abort()
    await done
  })
  return { seen, told, waitFor, stop, done }
}

const at = (slot: number) => (slot - since) / 1000
const slotAt = (seconds: number) => since + seconds * 1000

it('shows the past, then each run once as it is recorded', async () => {
  const { books } = await setup()
  await books.record({ slot: slotAt(1) })
  await books.record({ slot: slotAt(2) })
  const past = async () => {
    // Recorded while the past is read, and part of it or not: shown once all the same.
    await books.record({ slot: slotAt(3) })
    await books.record({ slot: slotAt(4) })
    return [runOf({ slot: slotAt(2) }), runOf({ slot: slotAt(3) })]
  }
  const { seen, waitFor } = following(books, { past })
  await waitFor(() => seen.includes(4))
  await books.record({ slot: slotAt(50), schedule: 'other/get-stats' })
  await books.record({ slot: null, request: 'r1' })
  await books.record({ slot: slotAt(5) })
  await waitFor(() => seen.includes(5))
  expect(seen).toEqual([2, 3, 'now', 4, 'r1', 5])
})

it('shows what the books close, which nobody announces', async () => {
  const { books, schedule } = await setup()
  await books.record({ slot: slotAt(1) })
  const { seen, waitFor } = following(books)
  await waitFor(() => seen.includes('now'))
  await books.record({ slot: slotAt(3) })
  await waitFor(() => seen.includes(3))
  await books.close(schedule)
  await waitFor(() => seen.includes(50))
  expect(seen.slice(0, 5)).toEqual(['now', 3, 2, 4, 5])
  expect(new Set(seen).size).toBe(seen.length)
})

it('loses nothing and repeats nothing when Redis is lost and comes back', async () => {
  const redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  closers.push(() => redis.stop())
  const { books } = await setup(redis)
  for (let index = 1; index <= 5; index++) await books.record({ slot: slotAt(index) })
  const { seen, told, waitFor } = following(books)
  await waitFor(() => seen.includes('now'))
  await books.record({ slot: slotAt(6) })
  await books.record({ slot: null, request: 'before' })
  await waitFor(() => seen.includes('before'))
  await redis.kill9()
  await waitFor(() => told.length > 0)
  await redis.restart()
  // Whoever comes first after the outage: nobody may be subscribed yet, or somebody is already.
  const first = createRedis({ url: redis.url, ca: null }, 'test', createEvents())
  closers.push(() => first.quit())
  const bySlot = JSON.stringify(runOf({ slot: slotAt(7) }))
  const byHand = runOf({ slot: null, request: 'meanwhile' })
  const { keys } = books
  await first
    .multi()
    .zadd(keys.runs(id), slotAt(7), bySlot)
    .publish(keys.recorded, bySlot)
    .zadd(keys.manual(id), byHand.at, JSON.stringify(byHand))
    .publish(keys.recorded, JSON.stringify(byHand))
    .exec()
  await waitFor(() => seen.includes(7) && seen.includes('meanwhile'))
  await books.record({ slot: slotAt(8) })
  await waitFor(() => seen.includes(8))
  const heard = ['now', 6, 'before', 7, 'meanwhile', 8]
  expect(new Set(seen)).toEqual(new Set(heard))
  expect(seen).toHaveLength(heard.length)
  const lost = expect.stringMatching(/^Redis is out of reach \(.+\); waiting for it$/)
  expect(told).toEqual([lost, 'Redis is back'])
})

it('ends at once when told to, also without Redis', async () => {
  const redis = await startRedis()
  closers.push(() => redis.stop())
  const { books } = await setup(redis)
  // It does not look again by itself, nor does Redis come back before the end.
  const never = { period: () => 2 ** 31 - 1 }
  const { seen, told, waitFor, stop, done } = following(books, never)
  await waitFor(() => seen.includes('now'))
  await redis.kill9()
  await waitFor(() => told.length > 0)
  stop.abort()
  await done
  await redis.restart()
})
