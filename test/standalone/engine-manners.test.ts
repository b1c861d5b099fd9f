import { request } from 'node:http'
import { expect, test } from 'vitest'
import { simulatedEngine } from '../fixtures/simulated-engine.ts'

const HTML = 'text/html; charset=utf-8'

/** `<status> <content type> <allow>` and what the body shows. */
async function answered(answer: Response) {
  const { status, headers } = answer
  const heading = /<h1>(.*)<\/h1>/.exec(await answer.text())?.[1] ?? null
  return { status, type: headers.get('content-type'), allow: headers.get('allow'), heading }
}

test.each([
  ['POST', '/update-engine', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/stats', 'GET, HEAD, OPTIONS'],
  ['GET', '/login', 'POST, OPTIONS'],
])('a wrong method is a page: %s %s', async (method, path, allow) => {
  const { get } = await simulatedEngine()
  const heading = 'Method Not Allowed'
  const expected = { status: 405, type: HTML, allow, heading }
  expect(await answered(await get(path, undefined, { method }))).toEqual(expected)
})

test.each(['/', '/update-engine/', '/Stats', '/history'])(
  'an unknown path is a page: %s',
  async path => {
    const { get, token } = await simulatedEngine()
    const expected = { status: 404, type: HTML, allow: null, heading: 'Not Found' }
    expect(await answered(await get(path, await token()))).toEqual(expected)
  },
)

test('tells which methods there are, without a token and without doing anything', async () => {
  const { calls, get } = await simulatedEngine({ latency: 600_000 })
  const answer = await get('/update-engine', undefined, { method: 'OPTIONS' })
  const allow = 'GET, HEAD, OPTIONS'
  expect(await answered(answer)).toEqual({ status: 200, type: HTML, allow, heading: null })
  expect(calls).toMatchObject([{ method: 'OPTIONS', status: 200 }])
})

test('HEAD executes an update', async () => {
  const { engine, transactions, get, token } = await simulatedEngine()
  engine.leaveRange()
  const answer = await get('/update-engine', await token(), { method: 'HEAD' })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  expect(transactions.map(({ step }) => step)).toContain('mint')
})

test.each([
  [false, 'close'],
  [true, 'keep-alive'],
])('keeps connections: %s', async (keepAlive, header) => {
  const { engine } = await simulatedEngine({ keepAlive })
  // fetch does not show this header.
  const connection = await new Promise((resolve, reject) => {
    const asked = request(`${engine.url}/stats`, { headers: { connection: 'keep-alive' } })
    asked.on('response', answer => resolve(answer.resume().headers.connection))
    asked.on('error', reject).end()
  })
  expect(connection).toBe(header)
})
