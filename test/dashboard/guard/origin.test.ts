import { describe, expect, it, onTestFinished } from 'vitest'
import { type Claims, isOurs } from '../../../src/dashboard/guard/origin.ts'
import { ask } from '../../fixtures/ask.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { startHttpProxy } from '../../fixtures/http-proxy.ts'

const NOTHING: Claims = { site: undefined, origin: undefined, hosts: [], contentType: undefined }
const FORM = 'application/x-www-form-urlencoded'

describe('a request that acts', () => {
  it.each<[string, Partial<Claims>, boolean]>([
    ['a page of ours', { site: 'same-origin' }, true],
    ['a person', { site: 'none' }, true],
    ['a page of another site', { site: 'cross-site' }, false],
    ['a page of a sister site', { site: 'same-site' }, false],
    ['something odd', { site: '' }, false],
    [
      'another site that has our name for its own',
      { site: 'cross-site', origin: 'http://a', hosts: ['a'] },
      false,
    ],
    ['a page behind a proxy', { site: 'same-origin', origin: 'https://a', hosts: ['b'] }, true],
    ['our host', { origin: 'http://a:3000', hosts: ['a:3000', undefined] }, true],
    ['our host, https', { origin: 'https://a', hosts: ['a'] }, true],
    ['our host as a proxy got it', { origin: 'https://a', hosts: ['127.0.0.1:3000', 'a'] }, true],
    ['another port', { origin: 'http://a:3001', hosts: ['a:3000'] }, false],
    ['another host', { origin: 'http://b', hosts: ['a', undefined] }, false],
    ['nobody', { origin: 'null', hosts: ['a', undefined] }, false],
    ['a file', { origin: 'file://', hosts: ['', undefined] }, false],
    ['no browser', {}, true],
    ['no browser, JSON', { contentType: 'application/json; charset=utf-8' }, true],
    ['an old browser, a form', { contentType: FORM }, false],
    ['an old browser, a text', { contentType: 'text/plain' }, false],
    ['an old browser, nearly JSON', { contentType: 'application/jsonp' }, false],
  ])('from %s', (_, claims, ours) => {
    expect(isOurs({ ...NOTHING, ...claims })).toBe(ours)
  })

  it('is refused before any route sees it, whatever its method and address', async t => {
    const { url } = await startDashboard(t, { write: true })
    const headers = { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' }
    for (const path of ['', 'api/pause', 'api/none', 'queues/api/queues/calls/pause']) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status, text } = await ask(url + path, { method, headers, body: '{}' })
        expect([path, method, status]).toEqual([path, method, 403])
        expect(JSON.parse(text).error.code).toBe('cross-site')
      }
    }
  })

  it('is refused without a content type when its origin is another', async t => {
    const { url } = await startDashboard(t, { write: true })
    const headers = { origin: 'http://evil.example' }
    expect((await ask(`${url}api/none`, { method: 'POST', headers })).status).toBe(403)
    expect((await ask(`${url}api/none`, { method: 'POST' })).status).toBe(404)
  })

  it.each([
    ['leaves Host as it is', {}, 404],
    ['rewrites Host and forwards it', { rewriteHost: true, forwardHost: true }, 404],
    ['rewrites Host and says nothing', { rewriteHost: true }, 403],
  ])('comes through a proxy that %s, over http', async (_, options, expected) => {
    const { url } = await startDashboard({ onTestFinished }, { write: true })
    const proxy = await startHttpProxy({ onTestFinished }, { target: url, ...options })
    const post = (headers: Record<string, string>) =>
      ask(`${proxy}/api/none`, { method: 'POST', headers })
    expect((await post({ origin: proxy })).status).toBe(expected)
    // Over https the browser says itself what it is.
    expect((await post({ origin: proxy, 'sec-fetch-site': 'same-origin' })).status).toBe(404)
    expect((await post({ origin: 'http://evil.example' })).status).toBe(403)
  })
})

it('lets the pages of others read nothing', async t => {
  const { url } = await startDashboard(t)
  const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' }
  for (const method of ['GET', 'OPTIONS', 'POST']) {
    const answer = await ask(`${url}api/overview`, { method, headers })
    const names = Object.keys(answer.headers).filter(name => name.startsWith('access-control'))
    expect(names).toEqual([])
  }
})
