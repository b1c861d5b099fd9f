import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../../fixtures/browser.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { deploy } from '../../fixtures/deployment.ts'
import { startHttpProxy } from '../../fixtures/http-proxy.ts'

const t = { onTestFinished }
const browser = openBrowser()
const access = { user: 'zoë', password: 'pass wörd' }
const credentials = { username: access.user, password: access.password }

/** A site that is not ours, with one page. */
async function foreignSite(page: string): Promise<string> {
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html').end(`<!doctype html><title>else</title>${page}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}/`
}

/** What pauses an engine, in a form: its text is JSON, as our own pages send it. */
const FORM = (url: string) => `<form method="post" enctype="text/plain" action="${url}api/actions">
  <input name='{"action":"pause","target":"default","reason":"x","rest":"' value='"}'>
  <button>Win a prize</button></form>`

test('a page of another site can neither act, nor read, nor show ours within itself', async () => {
  const deployment = await deploy()
  onTestFinished(() => deployment.close())
  await deployment.producer()
  const { url, redis, keys } = await startDashboard(t, {
    ...{ config: deployment.config(), access, write: true },
  })
  const pauses = async () => Object.keys(await redis.hgetall(keys.paused))

  const page = await browser.page({
    credentials,
    expected: [/CORS|ERR_FAILED|401|403|frame|ERR_BLOCKED|favicon/],
  })
  await page.goto(url)
  // The same from a page of ours is done: it is not refused for another reason.
  const wish = (action: string) => `fetch('${url}api/actions', { method: 'POST',
    body: '{"action":"${action}","target":"default","reason":"x"}' }).then(answer => answer.status)`
  expect(await page.evaluate(wish('pause'))).toBe(200)
  expect(await pauses()).toEqual(['default'])
  expect(await page.evaluate(wish('resume'))).toBe(200)
  expect(await pauses()).toEqual([])

  await page.goto(await foreignSite(`${FORM(url)}<iframe src="${url}"></iframe>`))
  const blind = `fetch('${url}api/actions', { method: 'POST', mode: 'no-cors', credentials: 'include',
    body: '{"action":"pause","target":"default","reason":"x"}' }).then(answer => answer.type)`
  await page.evaluate(blind).catch(() => '')
  const read = `fetch('${url}api/overview', { credentials: 'include' }).then(() => 'read', () => 'not')`
  expect(await page.evaluate(read)).toBe('not')
  const frame = page.frames().find(each => each !== page.mainFrame())
  expect(await frame?.evaluate('document.body?.dataset.base ?? null')).toBeNull()
  const [answer] = await Promise.all([
    page.waitForResponse(`${url}api/actions`),
    page.click('button'),
  ])
  expect(answer.status()).toBe(403)
  expect(await pauses()).toEqual([])
}, 60_000)

test('every page works behind a proxy that takes its path away, without complaints', async () => {
  const deployment = await deploy()
  onTestFinished(() => deployment.close())
  await deployment.producer()
  const { url } = await startDashboard(t, { config: deployment.config(), path: '/ops/x', access })
  const proxy = await startHttpProxy(t, { target: url, strip: '/ops/x' })
  // Browsers ask for it beside the first answer, which wants a password.
  const page = await browser.page({ credentials, expected: [/favicon\.ico/] })
  for (const path of ['', 'runs', 'engines/default', 'actions']) {
    await page.goto(`${proxy}/ops/x/${path}`)
    await page.waitForSelector('#main h1, #main h2, #main table')
    expect(new URL(page.url()).pathname).toBe(`/ops/x/${path}`)
  }
  await page.goto(`${proxy}/ops/x/queues`)
  await page.getByText('calls').first().waitFor()
  expect(new URL(page.url()).pathname).toMatch(/^\/ops\/x\/queues\//)
}, 60_000)
