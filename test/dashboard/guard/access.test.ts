import { describe, expect, it, onTestFinished } from 'vitest'
import { createEvents } from '../../../src/events.ts'
import { ask } from '../../fixtures/ask.ts'
import { basic, startDashboard } from '../../fixtures/dashboard.ts'

const access = { user: 'op', password: 'correct horse: battery' }
const right = basic(access.user, access.password)
const wrong = basic(access.user, 'wrong')

function as(authorization: string) {
  return { headers: { authorization } }
}

describe('with a password', () => {
  it('lets nobody to anything who does not give it', async t => {
    const { url } = await startDashboard(t, { access, write: true })
    const paths = ['', 'runs', 'api/overview', 'api/live', 'api/none', 'assets/overview.js']
    for (const path of [...paths, 'assets/icon.svg', 'queues/', 'queues/api/queues', 'nowhere']) {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        const { status, headers } = await ask(url + path, { method })
        expect([path, method, status]).toEqual([path, method, 401])
        expect(headers['www-authenticate']).toBe('Basic realm="hft-scheduler", charset="UTF-8"')
      }
    }
    expect((await ask(`${url}api/overview`)).text).toContain('"code":"unauthorized"')
  })

  it.each([
    ['op', 'correct horse: battery'],
    ['zoë', 'pass wörd 😀'],
    [' op ', ' '],
  ])('lets in %j with %j', async (user, password) => {
    const login = { user, password }
    const { url, get } = await startDashboard({ onTestFinished }, { access: login })
    expect((await get('')).status).toBe(200)
    const composed = basic(user.normalize('NFD'), password.normalize('NFD'))
    expect((await ask(url, as(composed))).status).toBe(200)
    expect((await ask(url, as(right.replace('Basic', 'bAsIc')))).status).toBe(
      user === 'op' ? 200 : 401,
    )
  })

  it.each([
    ['a wrong password', wrong],
    ['a wrong name', basic('root', access.password)],
    ['no name', basic('', access.password)],
    ['a prefix of it', basic(access.user, access.password.slice(0, -1))],
    ['more than it', right.replace(/=*$/, 'AAAA')],
    ['a name and nothing else', basic(access.user, '')],
    ['no base64', 'Basic %%%'],
    ['another scheme', 'Bearer abc'],
  ])('does not let in with %s', async (_, authorization) => {
    const { url } = await startDashboard({ onTestFinished }, { access })
    expect((await ask(url, as(authorization))).status).toBe(401)
  })

  it('does not hear those who fail five times, with the right one neither', async t => {
    const { url, get, events } = await startDashboard(t, { access })
    const refused: unknown[] = []
    events.on('dashboard-refused', event => refused.push(event))
    for (let at = 0; at < 20; at++) expect((await ask(url)).status).toBe(401)
    expect(refused).toEqual([])

    const before = Date.now()
    const statuses: number[] = []
    for (let at = 0; at < 7; at++) statuses.push((await ask(url, as(wrong))).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    const blocked = await get('api/overview')
    expect(blocked.status).toBe(429)
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(Number(blocked.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(await blocked.json()).toMatchObject({ error: { code: 'too-many-failures' } })
    // It is asked for still, so that somebody who has given nothing yet is not misled.
    expect((await ask(url)).status).toBe(401)
    expect(refused).toEqual([
      { address: '127.0.0.1', until: null },
      { address: '127.0.0.1', until: expect.any(Number) },
    ])
    const { until } = refused[1] as { until: number }
    expect(until - before).toBeGreaterThanOrEqual(60_000)
  })

  it('counts failures by address', async t => {
    const heard: number[] = []
    // In one of 4096 dashboards both addresses have the same drawer.
    for (let times = 0; times < 3; times++) {
      const { url, get } = await startDashboard(t, { access, host: '[::]' })
      const { port } = new URL(url)
      for (let at = 0; at < 5; at++) await ask(`http://[::1]:${port}/`, as(wrong))
      expect((await ask(`http://[::1]:${port}/`, as(right))).status).toBe(429)
      heard.push((await ask(`http://127.0.0.1:${port}/`, as(right))).status)
      expect((await get('')).status).toBe(429)
    }
    expect(heard).toContain(200)
  })

  it('counts failures that come all at once', async t => {
    const { url } = await startDashboard(t, { access })
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(url, as(wrong))))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(45)
  })

  it('answers to any name', async t => {
    const { url } = await startDashboard(t, { access })
    const headers = { authorization: right, host: 'scheduler.example' }
    expect((await ask(url, { headers })).status).toBe(200)
  })

  it('tells nobody the password', async t => {
    const events = createEvents()
    const announced: unknown[] = []
    for (const name of ['started', 'warning', 'dashboard-refused'] as const) {
      events.on(name, (event: unknown) => announced.push(event))
    }
    const { url, get } = await startDashboard(t, { access, events })
    await ask(url, as(wrong))
    const pages = await Promise.all(
      ['', 'api/overview', 'nowhere', 'queues/'].map(path => get(path).then(page => page.text())),
    )
    const shown = JSON.stringify([announced, pages])
    for (const secret of [access.password, right.slice(6), 'wrong', wrong.slice(6)]) {
      expect(shown).not.toContain(secret)
    }
  })
})

describe('without a password', () => {
  it.each([
    'localhost:3000',
    'LOCALHOST',
    'localhost.',
    'ops.localhost:80',
    '127.0.0.1',
    '127.3.2.1:9',
    '[::1]:3000',
  ])('answers to %s', async host => {
    const { url } = await startDashboard({ onTestFinished })
    expect((await ask(url, { headers: { host } })).status).toBe(200)
  })

  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    'evillocalhost',
    '127.0.0.1.evil.example',
    '10.0.0.1:3000',
    '[::2]',
    '0.0.0.0:3000',
  ])('does not answer to %s', async host => {
    const { url } = await startDashboard({ onTestFinished }, { write: true })
    const forwarded = { host, 'x-forwarded-host': 'localhost' }
    for (const path of ['', 'api/overview', 'assets/overview.js', 'queues/']) {
      expect((await ask(url + path, { headers: forwarded })).status).toBe(403)
    }
    const { text } = await ask(url, { headers: { host } })
    expect(text).toContain('set SCHEDULER_DASHBOARD_USER and SCHEDULER_DASHBOARD_PASSWORD')
    const acting = await ask(`${url}api/none`, { method: 'POST', headers: { host } })
    expect(JSON.parse(acting.text).error.code).toBe('unknown-host')
  })
})
