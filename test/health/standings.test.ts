import { expect, type TestContext, test, vi } from 'vitest'
import { ask } from '../fixtures/ask.ts'
import { openBooks } from '../fixtures/books.ts'
import { part, startHealth } from '../fixtures/health.ts'
import { startRedis } from '../fixtures/redis.ts'

function books({ onTestFinished }: TestContext, redis?: string) {
  const books = openBooks(redis === undefined ? {} : { redis })
  onTestFinished(async () => books.redis.disconnect())
  return books
}

async function healthz(url: string) {
  const { status, text } = await ask(`${url}healthz`)
  return { status, ...JSON.parse(text) }
}

/** The same once Redis has told in time, which a busy machine may not manage at first. */
async function told(url: string) {
  let answer = await healthz(url)
  while (answer.schedules === null) answer = await healthz(url)
  return answer
}

test('tells how the schedules stand', async t => {
  const { prefix, declare, record } = books(t)
  const since = Math.floor(Date.now() / 1000) * 1000 - 5000
  await declare('default/update-engine', since)
  await record({ slot: since + 1000 })
  await record({ slot: since + 2000, verdict: 'failed', reason: 'http-500' })
  const { url } = await startHealth(t, { prefix })
  const { schedules, ...rest } = await told(url)
  expect(rest).toEqual({
    ...{ status: 200, stopping: false, parts: ['worker'], leftOut: 0 },
    ...{ name: 'test', version: '1.2.3', since: expect.any(Number) },
    checks: [{ part: 'worker', name: 'redis', probe: 'readyz', ok: true, detail: 'ready' }],
    redis: { ready: true },
    // Of the answer, for `status` is also what HTTP says.
    ...{ status: 'ok' },
  })
  expect(schedules).toEqual([
    {
      id: 'default/update-engine',
      nextSlot: expect.any(Number),
      lastSuccess: since + 1000,
      lastVerdict: 'failed',
      books: expect.objectContaining({ accountedFor: 2, unaccounted: 0 }),
    },
  ])
  const [{ books: sums, nextSlot }] = schedules
  expect(sums.due).toBe(sums.accountedFor + sums.running)
  expect(nextSlot % 1000).toBe(0)
})

test('knows no success where none of the last runs is one', async t => {
  const { prefix, declare, record, redis, keys } = books(t)
  const since = Math.floor(Date.now() / 1000) * 1000 - 3000
  await declare('default/update-engine', since)
  await declare('default/get-stats', since)
  await record({ slot: since + 1000, verdict: 'missed', reason: 'late', detail: '"succeeded"' })
  await redis.zadd(keys.runs('default/get-stats'), 1, '{"verdict":"succeeded"')
  await redis.hset(keys.schedules, 'default/nonsense', '{')
  const { url } = await startHealth(t, { prefix })
  const { schedules } = await told(url)
  expect(schedules).toMatchObject([
    { id: 'default/get-stats', lastSuccess: null, lastVerdict: null },
    { id: 'default/update-engine', lastSuccess: null, lastVerdict: 'missed' },
  ])
})

test('reads Redis no more often than every 2 s, however many ask', async t => {
  const { prefix, declare, redis, keys } = books(t)
  await declare()
  const { url } = await startHealth(t, { prefix })
  vi.useFakeTimers({ toFake: ['performance'] })
  t.onTestFinished(() => void vi.useRealTimers())
  const before = await Promise.all([told(url), told(url), told(url)])
  await redis.del(keys.schedules)
  vi.advanceTimersByTime(1999)
  for (const { schedules } of [...before, await told(url)]) expect(schedules).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect((await told(url)).schedules).toEqual([])
})

test('tells 200 schedules, and how many more there are', { timeout: 40_000 }, async t => {
  const { prefix, redis, keys, declare } = books(t)
  const schedule = await declare('default/get-stats')
  for (let index = 0; index < 205; index++) {
    const id = `e${index}/get-stats`
    const declared = { schedule: { ...schedule, id, engine: `e${index}` }, by: 'test', at: 1 }
    await redis.hset(keys.schedules, id, JSON.stringify(declared))
  }
  const { url } = await startHealth(t, { prefix })
  const { schedules, leftOut } = await told(url)
  expect([schedules.length, leftOut]).toEqual([200, 6])
})

test('answers without the schedules when Redis has frozen', async t => {
  const server = await startRedis()
  t.onTestFinished(() => server.stop())
  const { prefix, declare } = books(t, server.url)
  await declare()
  process.kill(server.pid, 'SIGSTOP')
  t.onTestFinished(() => void process.kill(server.pid, 'SIGCONT'))
  const { url } = await startHealth(t, { prefix, redisUrl: server.url })
  expect(await healthz(url)).toMatchObject({ status: 'ok', schedules: null, leftOut: null })
})

test('does not ask a Redis that is known to be out of reach', async t => {
  const { url } = await startHealth(t, {
    redisUrl: 'redis://me:s3cret@127.0.0.1:1',
    parts: { worker: part({ ok: false, detail: 'out of reach' }) },
  })
  const { status, text } = await ask(`${url}healthz`)
  expect(status).toBe(503)
  expect(JSON.parse(text)).toMatchObject({ redis: { ready: false }, schedules: null })
  expect(text).not.toContain('s3cret')
})

test('tells no schedules of a process that has no Redis', async t => {
  const { url } = await startHealth(t, { parts: { simulate: part({ name: 'listening' }) } })
  expect(await healthz(url)).toMatchObject({ status: 'ok', redis: null, schedules: [] })
})
