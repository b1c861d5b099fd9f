import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest'
import { answer, hang } from '../../fixtures/behaviours.ts'
import { openBooks, type TestBooks } from '../../fixtures/books.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { deploy, every } from '../../fixtures/deployment.ts'
import { openPage } from '../../fixtures/live-page.ts'

const id = 'default/update-engine'
let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

async function open(t: TestContext, prefix = books.prefix) {
  const dashboard = await startDashboard(t, { prefix })
  const page = await openPage(t, dashboard.url)
  await page.waitFor(() => page.of('snapshot').length > 0)
  return { ...page, url: dashboard.url }
}

it('begins with a snapshot of what has just been declared', async t => {
  await books.declare(id, 12_345_000)
  const { response, of } = await open(t)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  expect(of('snapshot')[0]).toMatchObject({
    ...{ version: 'test', write: false, prefix: books.prefix, lostSince: null, processes: [] },
    redis: { version: expect.any(String), policy: 'noeviction' },
    engines: [{ id: 'default', state: 'unknown', stateAt: null, tokens: [], paused: null }],
    schedules: [
      {
        ...{ id, engine: 'default', job: 'update-engine', cadence: 'every 1 s', interval: 1000 },
        ...{ next: expect.any(Number), flight: null, paused: [], cells: [], latenessP50: null },
        books: { since: 12_345_000, due: 0, verdicts: { succeeded: 0, missed: 0 } },
      },
    ],
    warnings: [
      'no producer is alive: missed slots stay unnoticed',
      'no worker is alive: no calls are made',
    ],
  })
})

it('tells of each run once, as it is recorded or among the cells', async t => {
  const now = Date.now()
  await books.declare(id, now - 10_000)
  await books.record({ slot: now - 3000, latenessMs: 4 })
  await books.record({ slot: null, at: now - 2500, request: 'r1', latenessMs: 99 })
  const { of, runs, waitFor, state } = await open(t)
  const [schedule] = of('snapshot')[0]?.schedules ?? []
  expect(schedule?.cells.map(({ slot, manual }) => slot ?? manual)).toEqual([now - 3000, true])
  expect(schedule).toMatchObject({ latenessP50: 4, latenessMax: 4, successRate: 1 })
  await books.record({ slot: now - 2000, verdict: 'engine-stopped', latenessMs: 6 })
  await waitFor(() => runs().length === 1)
  await books.record({ slot: now - 1000, verdict: 'failed', latenessMs: null })
  await waitFor(() => runs().length === 2)
  expect(runs().map(({ slot }) => slot)).toEqual([now - 2000, now - 1000])
  // One that came between the two runs knows the first only.
  const said = of('state').length
  await waitFor(() => of('state').length > said)
  expect(state()?.schedules[0]?.latenessMax).toBe(6)
  expect(state()?.schedules[0]).not.toHaveProperty('cells')
  expect(state()?.schedules[0]?.successRate).toBeCloseTo(1 / 3)
  expect(state()?.engines[0]).toMatchObject({ state: 'stopped', stateAt: now - 2000 })
  expect(state()?.warnings).toContain(`${id}: the last slot ended failed (no reason)`)
  expect(runs()).toHaveLength(2)
})

it('shows what the books close, and their sums', async t => {
  const since = Math.floor(Date.now() / 1000) * 1000 - 60_000
  const schedule = await books.declare(id, since)
  const { runs, waitFor, state } = await open(t)
  await books.close(schedule)
  await waitFor(() => runs().length >= 50)
  expect(new Set(runs().map(({ verdict }) => verdict))).toEqual(new Set(['missed']))
  await waitFor(() => (state()?.schedules[0]?.books.due ?? 0) >= 50)
  const { due = 0, verdicts = {} } = state()?.schedules[0]?.books ?? {}
  expect(verdicts.missed).toBe(due)
})

it('shows a pause, and a schedule that comes and goes', async t => {
  const why = { reason: 'a gas spike', since: 1000, by: 'me@here' }
  await books.declare(id)
  const { of, waitFor, state } = await open(t)
  await books.redis.hset(books.keys.paused, 'default', JSON.stringify(why))
  await waitFor(() => state()?.engines[0]?.paused?.reason === 'a gas spike')
  expect(state()?.schedules[0]?.paused).toEqual([{ target: 'default', ...why }])
  const slot = Date.now() - 1000
  // The other way round it could be seen in between, without its run.
  await books.record({ schedule: 'other/get-stats', slot })
  await books.declare('other/get-stats')
  await waitFor(() => of('snapshot').length === 2)
  const cells = of('snapshot')[1]?.schedules[1]?.cells ?? []
  expect(cells.map(cell => cell.slot)).toEqual([slot])
  await books.redis.hdel(books.keys.schedules, id)
  await waitFor(() => state()?.schedules.length === 1)
  expect(state()?.engines.map(engine => engine.id)).toEqual(['other'])
})

it('shows a call under way, who is there, and how their logins went', async t => {
  const deployment = await deploy({ timing: { shutdownTimeout: 100 } })
  t.onTestFinished(() => deployment.close())
  deployment.engine.behave('/update-engine', hang)
  await deployment.worker('w7')
  // One slot, which comes when everybody is there, and no other before all is seen.
  const schedules = [every(3_600_000, 'update-engine', (Date.now() + 5000) % 3_600_000)]
  await deployment.producer('producer', { schedules })
  const { waitFor, state } = await open(t, deployment.prefix)
  await waitFor(() => typeof state()?.schedules[0]?.flight?.since === 'number', 15_000)
  expect(state()?.schedules[0]?.flight).toMatchObject({ worker: 'w7', settling: false })
  await waitFor(() => state()?.engines[0]?.tokens.length === 1)
  expect(state()?.engines[0]?.tokens).toEqual([
    { worker: 'w7', at: expect.any(Number), life: expect.any(Number), refused: null },
  ])
  await waitFor(() => state()?.processes[1]?.runsPerMinute === 0)
  expect(state()?.processes).toMatchObject([
    { part: 'producer', name: 'producer', gone: false, runsPerMinute: null },
    { part: 'worker', name: 'w7', gone: false },
  ])
  expect(state()?.warnings).toEqual([])
}, 40_000)

it('skips what stands in Redis and is garbage', async t => {
  const { redis, keys } = books
  await books.declare(id, 0)
  await books.record({ slot: 1000 })
  await redis.zadd(keys.runs(id), 2000, 'garbage')
  await redis.hset(keys.schedules, 'a/b', 'garbage', 'c/get-stats', '{"schedule":{}}')
  await redis.hset(keys.processes, 'worker:x', '{"part":"worker"}')
  await redis.hset(keys.books(id), 'due', 'many', 'since', '?')
  await redis.hset(keys.lease(id), { token: 't', key: 'x', fence: 'y' })
  await redis.pexpire(keys.lease(id), 60_000)
  await redis.hset(keys.sent(id), 'x', 'garbage')
  await redis.set(keys.paused, 'a string')
  const { of, runs, waitFor } = await open(t)
  expect(of('snapshot')[0]?.schedules).toMatchObject([{ id, cells: [{ slot: 1000 }], paused: [] }])
  expect(of('snapshot')[0]?.processes).toEqual([])
  await redis.publish(keys.recorded, 'garbage')
  await books.record({ slot: Date.now() })
  await waitFor(() => runs().length > 0)
  expect(runs()).toHaveLength(1)
})

it('shows a refused login', async t => {
  const deployment = await deploy({ schedules: [every(500)] })
  t.onTestFinished(() => deployment.close())
  deployment.engine.behave('/login', answer(401, { status: 'error' }))
  await deployment.producer()
  await deployment.worker('w7')
  const { waitFor, state } = await open(t, deployment.prefix)
  await waitFor(() => state()?.engines[0]?.tokens[0]?.refused !== undefined)
  expect(state()?.engines[0]?.tokens).toEqual([
    {
      ...{ worker: 'w7', at: null, life: null },
      refused: { reason: 'login-refused', retryAt: expect.any(Number) },
    },
  ])
})

it('shows at once what was done at a page', async t => {
  // So many that a reading is taken every 20 s only.
  const change = books.redis.pipeline()
  const schedule = await books.declare(id)
  for (let index = 0; index < 1000; index++) {
    const it = { ...schedule, engine: `e${index}`, id: `e${index}/update-engine` }
    const declared = { schedule: it, by: 'test', at: 1 }
    change.hset(books.keys.schedules, it.id, JSON.stringify(declared))
  }
  await change.exec()
  const { url, get } = await startDashboard(t, { prefix: books.prefix, write: true })
  const page = await openPage(t, url)
  await page.waitFor(() => page.of('snapshot').length > 0)
  const asked = await get('api/actions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(url).origin },
    body: JSON.stringify({ action: 'pause', target: 'e7', reason: 'a gas spike' }),
  })
  expect(asked.status).toBe(200)
  await page.waitFor(() => page.state()?.engines.some(({ paused }) => paused !== null) ?? false)
})

it('ends the streams when the server stops', async t => {
  const dashboard = await startDashboard(t, { prefix: books.prefix })
  const page = await openPage(t, dashboard.url)
  await page.waitFor(() => page.of('snapshot').length > 0)
  await dashboard.dashboard.stop()
  await page.waitFor(page.ended)
})
