import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from './part.ts'

/**
 * An engine that answers at once and notes when each call arrived against its slot: the slot
 * stands in the Idempotency-Key, or in the query for the plain loop.
 */
const token = jwt()
const body = JSON.stringify({
  status: 'success',
  message: 'ok',
  engine: 'running',
  stats: { price_current: 1.5, range_lower: 1, range_upper: 2, tokenID: 7, is_open: true },
})
let lateness: number[] = []
let logins = 0

const server = createServer((request, response) => {
  const now = performance.timeOrigin + performance.now()
  response.setHeader('content-type', 'application/json')
  if (request.url === '/login') {
    logins += 1
    request.resume()
    response.end(JSON.stringify({ status: 'success', access_token: token, refresh_token: token }))
    return
  }
  const key = String(request.headers['idempotency-key'] ?? request.url)
  lateness.push(now - Number(key.slice(key.lastIndexOf('@') + 1)))
  response.end(body)
})
server.keepAliveTimeout = 5000

answer(
  {
    start: () => new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(null))),
    url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lateness: () => {
      const noted = { lateness, logins }
      lateness = []
      return noted
    },
  },
  async () => server.close(),
)

function jwt(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'none' })}.${part({ iat: now, exp: now + 3600 })}.x`
}
