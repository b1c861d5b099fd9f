import { decode, sign } from 'hono/jwt'
import { expect, test, vi } from 'vitest'
import { simulatedEngine } from '../fixtures/simulated-engine.ts'

test('logs in with its credentials only', async () => {
  const { engine, login } = await simulatedEngine({ username: 'me', password: 'päss "w$rd' })
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
  const [one, two] = [await simulatedEngine(), await simulatedEngine()]
  expect(one.engine.password).not.toBe(two.engine.password)
  expect(one.engine.password.length).toBeGreaterThan(10)
})

test('gives tokens with iat and exp, as long as asked for', async () => {
  const { tokens } = await simulatedEngine({ tokenLife: 90_000 })
  const { payload } = decode((await tokens()).access_token ?? '')
  expect(Number(payload.exp) - Number(payload.iat)).toBe(90)
})

test('refuses a missing, a strange, an expired and a wrong kind of token', async () => {
  const { get, tokens } = await simulatedEngine({ tokenLife: 1000 })
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
  await vi.waitFor(async () => expect(await answer(access_token)).toEqual(expired), 15_000)
})

test('refreshes an access token with a refresh token', async () => {
  const { get, tokens } = await simulatedEngine()
  const { access_token, refresh_token } = await tokens()
  const answer = await get('/refresh', refresh_token, { method: 'POST' })
  const fresh = (await answer.json()) as Record<string, string>
  expect(fresh).toEqual({ status: 'success', access_token: expect.any(String) })
  expect((await get('/stats', fresh.access_token)).status).toBe(200)
  expect((await get('/refresh', access_token, { method: 'POST' })).status).toBe(422)
  expect((await get('/refresh', undefined, { method: 'POST' })).status).toBe(401)
})
