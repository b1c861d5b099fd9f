import { once } from 'node:events'
import { request } from 'node:http'
import { decode, sign } from 'hono/jwt'
import { afterEach, expect, test, vi } from 'vitest'
import type { SimulatedCall } from '../../src/standalone/engine-app.ts'
import {
  type SimulatedEngine,
  type SimulatedEngineOptions,
  startSimulatedEngine,
} from '../../src/standalone/simulated-engine.ts'

const running: SimulatedEngine[] = []

afterEach(async () => {
  for (const engine of running.splice(0)) await engine.close()
})

async function start(options: SimulatedEngineOptions = {}) {
  const calls: SimulatedCall[] = []
  const engine = await startSimulatedEngine({ seed: 1, ...options, onCall: call => calls.push(call) })
  running.push(engine)
  const get = (path: string, token?: string, init: RequestInit = {}) => {
    const headers: HeadersInit = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return fetch(engine.url + path, { ...init, headers })
  }
  const login = (body: unknown = { username: engine.username, password: engine.password }) =>
    fetch(`${engine.url}/login`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const tokens = async () => (await login()).json() as Promise<Record<string, string>>
  const token = async () => (await tokens()).access_token ?? ''
  return { engine, calls, get, login, tokens, token }
}

test('logs in with its credentials only', async () => {
  const { engine, login } = await start({ username: 'me', password: 'päss "w$rd' })
  const answer = await login()
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    status: 'success',
    access_token: expect.any(String),
    refresh_token: expect.any(String),
  })
  for (const body of [{ username: 'me', password: 'no' }, { username: 'me' }, 'not json', 'null']) {
    const refused = await login(body)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toEqual({ status: 'error', message: expect.any(String) })
  }
  expect(engine.password).toBe('päss "w$rd')
})

test('makes up a password where none is given', async () => {
  const [one, two] = [await start(), await start()]
  expect(one.engine.password).not.toBe(two.engine.password)
  expect(one.engine.password.length).toBeGreaterThan(10)
})

test('gives tokens with iat and exp, as long as asked for', async () => {
  const { tokens } = await start({ tokenLife: 90_000 })
  const { payload } = decode((await tokens()).access_token ?? '')
  expect(Number(payload.exp) - Number(payload.iat)).toBe(90)
})

test('refuses a missing, a strange, an expired and a wrong kind of token', async () => {
  const { get, tokens } = await start({ tokenLife: 1000 })
  const { access_token = '', refresh_token } = await tokens()
  const foreign = await sign({ type: 'access', exp: 9e9 }, 'another secret', 'HS256')
  const answer = async (token?: string) => {
    const response = await get('/stats', token)
    return { status: response.status, body: await response.json() }
  }
  const missing = { msg: 'Missing Authorization Header' }
  expect(await answer()).toEqual({ status: 401, body: missing })
  const mismatch = { msg: 'Signature verification failed' }
  expect(await answer(foreign)).toEqual({ status: 422, body: mismatch })
  const kind = { msg: 'Only non-refresh tokens are allowed' }
  expect(await answer(refresh_token)).toEqual({ status: 422, body: kind })
  expect(await answer('nonsense')).toMatchObject({ status: 422 })
  const expired = { status: 401, body: { msg: 'Token has expired' } }
  await vi.waitFor(async () => expect(await answer(access_token)).toEqual(expired), 3000)
})

test('refreshes an access token with a refresh token', async () => {
  const { get, tokens } = await start()
  const { access_token, refresh_token } = await tokens()
  const answer = await get('/refresh', refresh_token, { method: 'POST' })
  const fresh = (await answer.json()) as Record<string, string>
  expect(fresh).toEqual({ status: 'success', access_token: expect.any(String) })
  expect((await get('/stats', fresh.access_token)).status).toBe(200)
  expect((await get('/refresh', access_token, { method: 'POST' })).status).toBe(422)
  expect((await get('/refresh', undefined, { method: 'POST' })).status).toBe(401)
})

test('answers update-engine and stats with the position', async () => {
  const { get, token } = await start()
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
  const { get, token } = await start({ startStopped: true })
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
  const { get } = await start()
  const from = performance.now()
  const answer = await get('/healthcheck')
  expect(performance.now() - from).toBeGreaterThan(950)
  expect(await answer.json()).toEqual({ status: 'success', message: 'Healthy', engine: 'running' })
})

test('goes on executing when its client has gone, and notices an overlap', async () => {
  const { engine, calls, get, token } = await start({ latency: 200 })
  const bearer = await token()
  const gone = request(`${engine.url}/update-engine`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  gone.on('error', () => {})
  gone.end()
  await once(gone, 'socket')
  await vi.waitUntil(() => gone.socket?.bytesWritten)
  const second = get('/update-engine', bearer)
  gone.destroy()
  await second
  const updates = calls.filter(call => call.path === '/update-engine')
  expect(updates).toMatchObject([
    { status: 200, abandoned: true, overlapped: false },
    { status: 200, abandoned: false, overlapped: true },
  ])
  for (const { duration } of updates) expect(duration).toBeGreaterThanOrEqual(199)
})

test('fails in each of its three ways', async () => {
  const { calls, get, token } = await start({ errorRate: 1 })
  const bearer = await token()
  const seen = new Set<number | string>()
  await vi.waitFor(async () => {
    seen.add(
      await get('/stats', bearer).then(
        answer => answer.status,
        () => 'reset',
      ),
    )
    expect(seen).toEqual(new Set([500, 503, 'reset']))
  })
  const statuses = new Set(calls.filter(call => call.path === '/stats').map(call => call.status))
  expect(statuses).toEqual(new Set([500, 503, null]))
})

test('rebalances when the price has left the range, which takes longer', async () => {
  const { get, token } = await start({ rebalanceTime: 60 })
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
  }, 5000)
  vi.useRealTimers()
  expect(later.took).toBeGreaterThanOrEqual(59)
})

test('says that its port is taken', async () => {
  const { engine } = await start()
  await expect(start({ port: engine.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('listens on an IPv6 address', async () => {
  const { engine, token } = await start({ host: '::1' })
  expect(engine.url).toBe(`http://[::1]:${engine.port}`)
  expect(await token()).toMatch(/^ey/)
})
