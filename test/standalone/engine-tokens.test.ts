import { decode, sign } from 'hono/jwt'
import { expect, test, vi } from 'vitest'
import { simulatedEngine } from '../fixtures/simulated-engine.ts'

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)

test('logs in with its credentials only', async () => {
  const { engine, login } = await simulatedEngine({ username: 'me', password: 'päss "w$rd' })
  const answer = await login()
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    status: 'success',
    access_token: expect.any(String),
    refresh_token: expect.any(String),
  })
  expect(engine.password).toBe('päss "w$rd')
})

test.each<[unknown, number, string | RegExp]>([
  [{ username: 'me', password: 'no' }, 401, 'Invalid credentials'],
  [{ username: 'you', password: 'right' }, 401, 'Invalid credentials'],
  [{ username: 'me', password: 5 }, 401, 'Invalid credentials'],
  [{ username: 'me' }, 401, 'Username and password are required'],
  [{ username: '', password: 'right' }, 401, 'Username and password are required'],
  ['not json', 400, /<h1>Bad Request<\/h1>/],
  ['', 400, /<h1>Bad Request<\/h1>/],
  [['me', 'right'], 500, /<h1>Internal Server Error<\/h1>/],
  ['null', 500, /<h1>Internal Server Error<\/h1>/],
])('answers the login %j with %d', async (body, status, said) => {
  for (const generation of ['first', 'second'] as const) {
    const { login } = await simulatedEngine({ generation, username: 'me', password: 'right' })
    const answer = await login(body)
    expect(answer.status).toBe(status)
    const text = await answer.text()
    if (typeof said !== 'string') expect(text).toMatch(said)
    else expect(JSON.parse(text)).toEqual({ status: 'error', message: said })
  }
})

test('takes a login as JSON only', async () => {
  const { get } = await simulatedEngine()
  const answer = await get('/login', undefined, { method: 'POST', body: '{}' })
  expect(answer.status).toBe(415)
  expect(await answer.text()).toContain('<h1>Unsupported Media Type</h1>')
})

test('makes up a password where none is given', async () => {
  const [one, two] = [await simulatedEngine(), await simulatedEngine()]
  expect(one.engine.password).not.toBe(two.engine.password)
  expect(one.engine.password.length).toBeGreaterThan(10)
})

test('gives tokens with the claims of the real one, as long as asked for', async () => {
  const { engine, tokens } = await simulatedEngine({ tokenLife: 90_000 })
  const { access_token = '', refresh_token = '' } = await tokens()
  const [access, refresh] = [decode(access_token).payload, decode(refresh_token).payload]
  const marks = { sub: engine.username, fresh: false, jti: UUID, csrf: UUID }
  expect(access).toMatchObject({ ...marks, type: 'access', nbf: access.iat })
  expect(refresh).toMatchObject({ ...marks, type: 'refresh' })
  expect(Number(access.exp) - Number(access.iat)).toBe(90)
  expect(Number(refresh.exp) - Number(refresh.iat)).toBe(30 * 86_400)
  expect(access.jti).not.toBe(refresh.jti)
})

test('refuses a missing, a strange, an expired and a wrong kind of token', async () => {
  const { engine, get, tokens } = await simulatedEngine({ tokenLife: 1000 })
  const { access_token = '', refresh_token = '' } = await tokens()
  const answer = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization }
    const response = await get('/stats', undefined, { headers })
    return [response.status, ((await response.json()) as { msg: string }).msg]
  }
  const wanted = "Expected 'Authorization: Bearer <JWT>'"
  const noBearer = [401, `Missing 'Bearer' type in 'Authorization' header. ${wanted}`]
  expect(await answer()).toEqual([401, 'Missing Authorization Header'])
  expect(await answer(`bearer ${access_token}`)).toEqual(noBearer)
  expect(await answer('Basic x')).toEqual(noBearer)
  expect(await answer('Bearer')).toEqual([422, `Bad Authorization header. ${wanted}`])
  expect(await answer('Bearer nonsense')).toEqual([422, 'Not enough segments'])
  expect(await answer('Bearer a.b.c')).toEqual([422, expect.any(String)])
  const kind = [422, 'Only non-refresh tokens are allowed']
  expect(await answer(`Bearer ${refresh_token}`)).toEqual(kind)
  const mismatch = [422, 'Signature verification failed']
  // Of another secret, whether or not its time is over.
  for (const exp of [9e9, 1]) {
    const foreign = await sign({ type: 'access', exp }, 'another secret', 'HS256')
    expect(await answer(`Bearer ${foreign}`)).toEqual(mismatch)
  }
  const expired = [401, 'Token has expired']
  await vi.waitFor(
    async () => expect(await answer(`Bearer ${access_token}`)).toEqual(expired),
    15_000,
  )
  engine.newSecret()
  expect(await answer(`Bearer ${refresh_token}`)).toEqual(mismatch)
  expect(await answer(`Bearer ${access_token}`)).toEqual(mismatch)
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
