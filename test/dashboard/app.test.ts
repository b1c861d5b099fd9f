import { describe, expect, it, onTestFinished } from 'vitest'
import { ask } from '../fixtures/ask.ts'
import { startDashboard } from '../fixtures/dashboard.ts'
import { startHttpProxy } from '../fixtures/http-proxy.ts'

const t = { onTestFinished }
/** Addresses in a page. */
const LINK = /(?:href|src)="([^"]*)"/g

/** Every other address that a page names, absolute; data: addresses left out. */
function links(page: string, at: string): string[] {
  const base = /<base href="([^"]*)"/.exec(page)?.[1] ?? ''
  const from = new URL(base, at)
  return [...page.replace(/<base [^>]*>/, '').matchAll(LINK)]
    .map(([, link = '']) => new URL(link, from).href)
    .filter(link => link.startsWith('http') && !link.includes('#'))
}

/** Goes where it is sent, as a browser does. */
async function visit(url: string): Promise<{ url: string; status: number; text: string }> {
  const answer = await ask(url)
  const { location } = answer.headers
  return location === undefined ? { url, ...answer } : visit(new URL(location, url).href)
}

describe.each([
  ['directly', '/', null],
  ['under a path, directly', '/ops/x', null],
  ['through a proxy that takes the path away', '/ops/x', '/ops/x'],
  ['through a proxy that leaves the path', '/ops/x', ''],
  ['through a proxy that takes a path like its own pages away', '/ops/queues', '/ops/queues'],
] as const)('asked %s', (_, path, strip) => {
  async function place(): Promise<string> {
    const { url } = await startDashboard(t, { path })
    if (strip === null) return url
    const proxy = await startHttpProxy(t, { target: url, strip })
    return `${proxy}${path}/`
  }

  it('serves its pages, what they need and Bull Board, all under its path', async () => {
    const base = await place()
    for (const page of ['', 'runs', 'actions', 'engines/default', 'nowhere', 'queues', 'queues/']) {
      const { url, status, text } = await visit(base + page)
      expect([url, status]).toEqual([expect.stringContaining(base), page === 'nowhere' ? 404 : 200])
      const found = links(text, url)
      expect(found.length).toBeGreaterThan(1)
      for (const link of found) {
        expect(link.startsWith(base)).toBe(true)
        expect([link, (await visit(link)).status]).toEqual([link, 200])
      }
    }
  })

  it('answers programs under its path', async () => {
    const base = await place()
    const found = await ask(`${base}api/runs`)
    expect([found.status, JSON.parse(found.text)]).toEqual([200, expect.anything()])
    const missing = await ask(`${base}api/nowhere`)
    expect(missing.status).toBe(404)
    expect(JSON.parse(missing.text)).toEqual({
      error: { code: 'not-found', message: 'there is no /api/nowhere' },
    })
    const queues = await ask(`${base}queues/api/queues`)
    expect([queues.status, queues.headers['content-type']]).toEqual([
      200,
      expect.stringContaining('application/json'),
    ])
  })

  it('can do without the slash at the end', async () => {
    const base = await place()
    const { url, status, text } = await visit(base.slice(0, -1))
    expect(status).toBe(200)
    for (const link of links(text, url)) expect(link.startsWith(base)).toBe(true)
  })
})

it('is not there beside its path', async () => {
  const { url } = await startDashboard(t, { path: '/ops/x' })
  const { origin } = new URL(url)
  for (const path of ['/ops', '/ops/', '/ops/xy', '/ops/xy/api/runs', '/ops/x//']) {
    expect([path, (await ask(origin + path)).status]).toEqual([path, 404])
  }
})

it('shows people who ask for what is not there a page, escaped', async () => {
  const { get } = await startDashboard(t)
  const answer = await get('runs/%3Cscript%3E?x=<script>')
  expect(answer.status).toBe(404)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8')
  const page = await answer.text()
  expect(page).toContain('There is no such page')
  expect(page).not.toContain('<script>')
})

it.each(['content-length', 'chunks'])('takes no long bodies, by %s', async how => {
  const { get } = await startDashboard(t, { write: true })
  const text = 'x'.repeat(64 * 1024 + 1)
  const body = how === 'chunks' ? new Blob([text]).stream() : text
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
  const answer = await get('api/nowhere', { ...init, duplex: 'half' } as RequestInit)
  expect(answer.status).toBe(413)
  expect(await answer.json()).toEqual({
    error: { code: 'too-long', message: 'expected at most 65536 bytes' },
  })
})

it('answers requests that are none', async () => {
  const { url } = await startDashboard(t)
  for (const path of ['%', '%00', '%ff', 'api/%', 'assets/%2e%2e/%2e%2e/package.json']) {
    expect([path, (await ask(url + path)).status]).toEqual([path, 404])
  }
  expect((await ask(url, { method: 'PROPFIND' })).status).toBe(404)
})
