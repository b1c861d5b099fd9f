import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test, vi } from 'vitest'
import { simulatedEngine } from '../fixtures/simulated-engine.ts'

test('answers update-engine and stats with the position', async () => {
  const { get, token } = await simulatedEngine()
  const bearer = await token()
  for (const path of ['/update-engine', '/stats']) {
    const answer = await get(path, bearer)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      status: 'success',
      message: expect.any(String),
      engine: 'running',
      stats: { tokenID: expect.any(Number), is_open: true, last_update: expect.any(String) },
    })
  }
})

test('is started and stopped, and says 404 when it is so already', async () => {
  const { get, token } = await simulatedEngine({ startStopped: true })
  const bearer = await token()
  const call = async (path: string) => {
    const answer = await get(path, bearer)
    return [answer.status, ((await answer.json()) as { engine: string }).engine]
  }
  expect(await call('/update-engine')).toEqual([404, 'stopped'])
  expect(await (await get('/stats', bearer)).json()).toEqual({
    status: 'error',
    message: 'Engine is not running',
    engine: 'stopped',
  })
  expect(await call('/stop')).toEqual([404, 'stopped'])
  expect(await call('/start')).toEqual([200, 'running'])
  expect(await call('/start')).toEqual([404, 'running'])
  expect(await call('/update-engine')).toEqual([200, 'running'])
  expect(await call('/stop')).toEqual([200, 'stopped'])
  expect((await get('/start')).status).toBe(401)
})

test('takes about a second for its health', async () => {
  const { get } = await simulatedEngine()
  const from = performance.now()
  const answer = await get('/healthcheck')
  expect(performance.now() - from).toBeGreaterThan(950)
  expect(await answer.json()).toEqual({ status: 'success', message: 'Healthy', engine: 'running' })
})

test('goes on executing when its client has gone, and notices an overlap', async () => {
  const { engine, calls, get, token } = await simulatedEngine({ latency: 2000 })
  const bearer = await token()
  const gone = request(`${engine.url}/update-engine`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  gone.on('error', () => {})
  gone.end()
  await once(gone, 'finish')
  // Another answer after that: the update has arrived.
  await token()
  const second = get('/update-engine', bearer)
  gone.destroy()
  await second
  const updates = await vi.waitUntil(
    () => {
      const seen = calls.filter(call => call.path === '/update-engine')
      return seen.length === 2 && seen.sort((one, other) => one.at - other.at)
    },
    { timeout: 10_000 },
  )
  expect(updates).toMatchObject([
    { status: 200, abandoned: true, overlapped: false },
    { status: 200, abandoned: false, overlapped: true },
  ])
  for (const { duration } of updates) expect(duration).toBeGreaterThanOrEqual(1999)
})

test('fails in each of its three ways', async () => {
  const { calls, get, token } = await simulatedEngine({ errorRate: 1 })
  const bearer = await token()
  const seen = new Set<number | string>()
  // Which way comes next is left to chance: as many calls as it takes.
  while (seen.size < 3) {
    seen.add(
      await get('/stats', bearer).then(
        answer => answer.status,
        () => 'reset',
      ),
    )
  }
  expect(seen).toEqual(new Set([500, 503, 'reset']))
  const statuses = new Set(calls.filter(call => call.path === '/stats').map(call => call.status))
  expect(statuses).toEqual(new Set([500, 503, null]))
})

test('rebalances when the price has left the range, which takes longer', async () => {
  const { get, token } = await simulatedEngine({ rebalanceTime: 60 })
  const bearer = await token()
  const update = async () => {
    const from = performance.now()
    const answer = (await (await get('/update-engine', bearer)).json()) as {
      stats: { tokenID: number }
    }
    return { tokenID: answer.stats.tokenID, took: performance.now() - from }
  }
  const first = await update()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  const later = await vi.waitFor(async () => {
    vi.setSystemTime(Date.now() + 60_000)
    const now = await update()
    expect(now.tokenID).not.toBe(first.tokenID)
    return now
  }, 15_000)
  vi.useRealTimers()
  expect(later.took).toBeGreaterThanOrEqual(59)
})

test('says that its port is taken', async () => {
  const { engine } = await simulatedEngine()
  await expect(simulatedEngine({ port: engine.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('listens on an IPv6 address', async () => {
  const { engine, token } = await simulatedEngine({ host: '::1' })
  expect(engine.url).toBe(`http://[::1]:${engine.port}`)
  expect(await token()).toMatch(/^ey/)
})
