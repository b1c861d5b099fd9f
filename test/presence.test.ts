import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { createEvents } from '../src/events.ts'
import { Announcer, forgetGone, type Presence, presences } from '../src/presence.ts'
import { openBooks, type TestBooks } from './fixtures/books.ts'

let books: TestBooks
beforeEach(async () => {
  books = openBooks()
  await books.redis.ping()
})
afterEach(() => books.quit())

function announcer(
  name: string,
  measure?: () => { busy: number; runs: number },
  events = createEvents(),
) {
  const { redis, keys } = books
  const common = { redis, keys, events, id: name, version: '1.2.3' }
  return new Announcer({ ...common, part: 'worker', ...(measure ? { measure } : {}) })
}

async function put(name: string, change: Partial<Presence> = {}) {
  const now = Date.now()
  const presence = { part: 'worker', name, version: '1', since: now, seen: now, ...change }
  await books.redis.hset(books.keys.processes, `worker:${name}`, JSON.stringify(presence))
}

it('says that a process is there, and takes its name away when it leaves', async () => {
  const before = Date.now()
  const one = announcer('w1', () => ({ busy: 2, runs: 7 }))
  one.start()
  one.start()
  const [found] = await presences(books.redis, books.keys)
  expect(found).toMatchObject({ part: 'worker', name: 'w1', version: '1.2.3', busy: 2, runs: 7 })
  expect(found?.seen).toBeGreaterThanOrEqual(before)
  await one.stop()
  await one.stop()
  expect(await presences(books.redis, books.keys)).toEqual([])
})

it('may be stopped before it was started', async () => {
  await announcer('w1').stop()
  expect(await presences(books.redis, books.keys)).toEqual([])
})

it('warns of a clock that is wrong, not of an answer that was slow', async () => {
  const said: string[] = []
  const events = createEvents()
  events.on('warning', ({ message }) => said.push(message))
  const announced = async () => {
    const one = announcer('w1', undefined, events)
    one.start()
    // Nothing else is done in this process for so long.
    for (const begin = performance.now(); performance.now() - begin < 700; );
    await books.redis.ping()
    await one.stop()
  }
  await announced()
  expect(said).toEqual([])
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 60_000 })
  onTestFinished(() => void vi.useRealTimers())
  await announced()
  expect(said).toEqual([expect.stringMatching(/^the clock is \d{5} ms behind that of Redis/)])
})

it('lists processes by part and name, those heard of within a minute', async () => {
  await put('b')
  await put('a', { seen: Date.now() - 45_000 })
  await put('old', { seen: Date.now() - 61_000 })
  await books.redis.hset(books.keys.processes, 'producer:x', 'garbage', 'worker:y', '{"name":"y"}')
  const names = (await presences(books.redis, books.keys)).map(({ name }) => name)
  expect(names).toEqual(['a', 'b'])
})

it('forgets who was not heard of for a minute, and what cannot be read', async () => {
  await put('here')
  await put('old', { seen: Date.now() - 61_000 })
  await books.redis.hset(books.keys.processes, 'worker:z', 'garbage')
  await forgetGone(books.redis, books.keys)
  await forgetGone(books.redis, books.keys)
  expect(await books.redis.hkeys(books.keys.processes)).toEqual(['worker:here'])
})
