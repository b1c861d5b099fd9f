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

test('takes about a second for its health', async () => {
  const { get } = await simulatedEngine()
  const from = performance.now()
  const answer = await get('/healthcheck')
  expect(performance.now() - from).toBeGreaterThan(950)
  expect(await answer.json()).toEqual({ status: 'success', engine: 'running' })
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

test('fails in either of its ways, after its work', async () => {
  const { engine, calls, transactions, get, token } = await simulatedEngine({ errorRate: 1 })
  const bearer = await token()
  const seen = new Set<number | string>()
  // Which way comes next is left to chance: as many calls as it takes.
  while (seen.size < 2) {
    engine.leaveRange()
    const status = get('/update-engine', bearer).then(answer => answer.status)
    seen.add(await status.catch(() => 'reset'))
    expect(transactions.splice(0)).toHaveLength(5)
  }
  expect(seen).toEqual(new Set([500, 'reset']))
  const updates = calls.filter(call => call.path === '/update-engine')
  expect(new Set(updates.map(call => call.status))).toEqual(new Set([500, null]))
})

test('takes longer when it has to rebalance', async () => {
  const { engine, get, token } = await simulatedEngine({ rebalanceTime: 60 })
  const bearer = await token()
  const update = async () => {
    const from = performance.now()
    const answer = (await (await get('/update-engine', bearer)).json()) as {
      stats: { tokenID: number }
    }
    return { tokenID: answer.stats.tokenID, took: performance.now() - from }
  }
  const first = await update()
  engine.leaveRange()
  const second = await update()
  expect(second.tokenID).not.toBe(first.tokenID)
  expect(second.took).toBeGreaterThanOrEqual(54)
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
