import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { inject, it } from 'vitest'
import { Live } from '../../src/dashboard/live/live.ts'
import { troubles } from '../../src/dashboard/problems.ts'
import { createEvents } from '../../src/events.ts'
import { keysOf } from '../../src/ledger/keys.ts'
import { createRedis } from '../../src/redis.ts'
import { dashboardConfig, startDashboard } from '../fixtures/dashboard.ts'
import { startProxy } from '../fixtures/proxy.ts'
import { startRedis } from '../fixtures/redis.ts'

it('says of a mistake of ours nothing to those who ask, and once what it was to the log', async t => {
  const { expect } = t
  const config = dashboardConfig()
  const events = createEvents()
  const warnings: unknown[] = []
  events.on('warning', warning => warnings.push(warning))
  const redis = createRedis({ url: inject('redisUrl'), ca: null }, 'test', events)
  t.onTestFinished(() => redis.disconnect())
  await redis.set(`${config.redis.prefix}:text`, 'x')
  const keys = keysOf(config.redis.prefix)
  const live = new Live({ redis, keys, config, events, version: 'test' })
  t.onTestFinished(() => live.stop())
  const app = new Hono()
    .get('/bug', () => {
      throw new Error('inner workings')
    })
    .get('/type', async c => c.json(await redis.hgetall(`${config.redis.prefix}:text`)))
    .get('/input', () => {
      throw new HTTPException(400, { message: 'Malformed JSON in request body' })
    })
    .onError(troubles({ redis, keys, config, events, version: 'test', live }) as never)

  for (const path of ['/bug', '/bug', '/type']) {
    const answer = await app.request(path)
    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({
      error: {
        code: 'internal',
        message: "something went wrong here; the dashboard's log says what",
      },
    })
  }
  expect(warnings).toEqual([
    { part: 'dashboard', message: 'GET /bug: inner workings' },
    { part: 'dashboard', message: expect.stringMatching(/^GET \/type: WRONGTYPE /) },
  ])
  const input = await app.request('/input')
  expect(input.status).toBe(400)
  expect(await input.json()).toEqual({
    error: { code: 'bad-request', message: 'Malformed JSON in request body' },
  })
})

it('shows its pages and says so when Redis was never there', async t => {
  const { expect } = t
  const warnings: unknown[] = []
  const events = createEvents()
  events.on('warning', warning => warnings.push(warning))
  const redisUrl = 'redis://:hidden@127.0.0.1:1'
  const { get } = await startDashboard(t, { redisUrl, events })
  expect((await get('')).status).toBe(200)
  const answer = await get('api/runs')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual({
    error: { code: 'redis-unreachable', message: 'redis://127.0.0.1:1 does not answer' },
  })
  expect(warnings).toEqual([])
})

it('says so when Redis has gone, and goes on when it is back', async t => {
  const { expect } = t
  const redis = await startRedis()
  t.onTestFinished(() => redis.stop())
  const { get } = await startDashboard(t, { redisUrl: redis.url })
  expect((await get('api/runs')).status).toBe(200)
  await redis.kill9()
  expect((await get('api/runs')).status).toBe(503)
  await redis.restart()
  await expect.poll(async () => (await get('api/runs')).status, { timeout: 10_000 }).toBe(200)
})

it('says so when Redis is silent', async t => {
  const { expect } = t
  const proxy = await startProxy({ port: Number(new URL(inject('redisUrl')).port) })
  t.onTestFinished(() => proxy.close())
  const { get } = await startDashboard(t, { redisUrl: `redis://127.0.0.1:${proxy.port}` })
  expect((await get('api/runs')).status).toBe(200)
  proxy.blackHole(true)
  const answer = await get('api/runs')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ error: { code: 'redis-unreachable' } })
})
