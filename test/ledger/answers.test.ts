import { afterEach, expect, it } from 'vitest'
import { Answers } from '../../src/ledger/answers.ts'
import { openBooks, runOf } from '../fixtures/books.ts'
import { startRedis, type TestRedis } from '../fixtures/redis.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function setup(redis?: TestRedis) {
  const books = openBooks(redis ? { redis: redis.url } : {})
  closers.push(() => books.quit())
  const answers = await Answers.open(books.redis, books.keys)
  closers.push(() => answers.close())
  const request = { schedule: 'default/update-engine', id: 'mine', at: 1004 }
  const stop = new AbortController()
  return { books, answers, request, stop }
}

it('hears the answer to its request, and no other', async () => {
  const { books, answers, request, stop } = await setup()
  const answer = answers.to(request, stop.signal)
  await books.record({ slot: 1003 })
  await books.record({ slot: null, at: 2000, request: 'other' })
  await books.record({ slot: null, at: 3000, request: 'mine', verdict: 'failed' })
  expect(await answer).toMatchObject({ request: 'mine', verdict: 'failed' })
  expect(await answers.to(request, stop.signal)).toMatchObject({ request: 'mine' })
})

it('knows by its time a call that the books have settled, which names no request', async () => {
  const { books, answers, request, stop } = await setup()
  const settled = (key: number) => {
    const run = runOf({ slot: null, at: 9000, verdict: 'unknown' })
    return books.ledger.record({ run, key, release: null, stats: null })
  }
  const answer = answers.to(request, stop.signal)
  await settled(1003)
  await settled(1005)
  await books.record({ slot: null, at: 1002, request: 'other' })
  await settled(1004)
  expect(await answer).toMatchObject({ verdict: 'unknown' })
})

it('is empty-handed when told to stop, at once', async () => {
  const { answers, request, stop } = await setup()
  const answer = answers.to(request, stop.signal)
  stop.abort()
  expect(await answer).toBeNull()
  expect(await answers.to(request, stop.signal)).toBeNull()
})

it('finds what was recorded during an outage of Redis, and can stop within one', async () => {
  const redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  closers.push(() => redis.stop())
  const { books, answers, request, stop } = await setup(redis)
  await redis.kill9()
  const inVain = answers.to(request, stop.signal)
  stop.abort()
  expect(await inVain).toBeNull()
  const answer = answers.to(request, new AbortController().signal)
  await redis.restart()
  // Written, and announced to nobody.
  const json = JSON.stringify(runOf({ slot: null, request: 'mine' }))
  await books.redis.zadd(books.keys.manual(request.schedule), 1004, json)
  expect(await answer).toMatchObject({ request: 'mine' })
})
