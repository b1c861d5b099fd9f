import { expect, it, onTestFinished } from 'vitest'
import { ask } from '../../fixtures/ask.ts'
import { basic, startDashboard } from '../../fixtures/dashboard.ts'

const access = { user: 'op', password: 'pass' }
const authorization = basic(access.user, access.password)

/** Directives by name. */
function policy(header: unknown): Map<string, string> {
  const directives = String(header).split('; ')
  return new Map(
    directives.map(line => [line.split(' ')[0] ?? '', line.split(' ').slice(1).join(' ')]),
  )
}

it.each([
  ['a page', '', 200],
  ['the API', 'api/overview', 200],
  ['an asset', 'assets/overview.js', 200],
  ['what is not there', 'nowhere', 404],
  ['what is not there in the API', 'api/nowhere', 404],
  ['Bull Board', 'queues/', 200],
  ['a refusal', '', 401],
])('keeps %s apart from other sites: %s %i', async (_, path, expected) => {
  const { url } = await startDashboard({ onTestFinished }, { access })
  const login: Record<string, string> = expected === 401 ? {} : { authorization }
  const { status, headers } = await ask(url + path, { headers: login })
  expect(status).toBe(expected)
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  })
  expect(headers).not.toHaveProperty('strict-transport-security')
  expect(headers).not.toHaveProperty('x-powered-by')
  const directives = policy(headers['content-security-policy'])
  expect(directives.get('default-src')).toBe("'none'")
  expect(directives.get('script-src')).toBe("'self'")
  expect(directives.get('connect-src')).toBe("'self'")
  expect(directives.get('frame-ancestors')).toBe("'none'")
})

it('lets no page of ours have inline styles or a base, and Bull Board’s its own', async t => {
  const { get } = await startDashboard(t)
  const of = async (path: string) =>
    policy((await get(path)).headers.get('content-security-policy'))
  const [page, queues, odd] = await Promise.all(['', 'queues/', 'queuesx'].map(of))
  for (const directives of [page, odd]) {
    expect(directives?.get('style-src')).toBe("'self'")
    expect(directives?.get('base-uri')).toBe("'none'")
  }
  expect(queues?.get('base-uri')).toBe("'self'")
})

it('lets nobody keep what pages and the API show', async t => {
  const { get } = await startDashboard(t)
  for (const path of ['', 'runs', 'api/overview', 'nowhere']) {
    expect((await get(path)).headers.get('cache-control')).toBe('no-store')
  }
  expect((await get('assets/overview.js')).headers.get('cache-control')).toBe('no-cache')
})
