import type { Page } from 'playwright-core'
import { expect, it, type TestContext } from 'vitest'
import { answer } from '../../fixtures/behaviours.ts'
import { openBrowser, overflows } from '../../fixtures/browser.ts'
import { type DashboardChange, startDashboard } from '../../fixtures/dashboard.ts'
import { type DeploymentOptions, deploy, every } from '../../fixtures/deployment.ts'
import { freePort, startRedis } from '../../fixtures/redis.ts'

const browser = openBrowser()
/** What a browser says of a server that is not there for the moment. */
const AWAY = [/Failed to load resource/, /ERR_/]
const PAGES = ['', 'engines/default', 'runs', 'actions'] as const

async function running(
  t: TestContext,
  options: DeploymentOptions = {},
  change: DashboardChange = {},
) {
  const deployment = await deploy({
    schedules: [every(1000), every(1000, 'get-stats', 500)],
    ...options,
  })
  t.onTestFinished(() => deployment.close())
  await deployment.producer()
  await deployment.worker()
  const dashboard = await startDashboard(t, { config: deployment.config(), ...change })
  return { ...deployment, served: dashboard, url: dashboard.url }
}

/** The connection, as the bar has it. */
const state = (page: Page) => page.locator('.bar .live').innerText()

it('names the zone of its times', async t => {
  const { url } = await running(t)
  const page = await browser.page({ timezone: 'Asia/Kolkata' })
  for (const path of PAGES) {
    await page.goto(`${url}${path}`)
    expect(await page.locator('.bar .zone').innerText()).toBe('UTC+5:30')
  }
})

it('says since when the stream is lost, and goes on by itself', async t => {
  const port = await freePort()
  const { url, served, config } = await running(t, {}, { port })
  const page = await browser.page({ expected: AWAY })
  await page.goto(url)
  await expect.poll(() => state(page)).toBe('live')
  await served.dashboard.stop()
  await expect.poll(() => state(page)).toMatch(/^stream lost since \d\d:\d\d:\d\d$/)
  const heading = page.getByRole('heading', { level: 1 })
  await expect.poll(() => heading.textContent()).toContain('what stands here is from before')
  await startDashboard(t, { config: config(), port })
  await expect.poll(() => state(page)).toBe('live')
  await expect.poll(() => heading.textContent()).not.toContain('from before')
})

it('says since when Redis is out of reach, and goes on by itself', async t => {
  const redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  t.onTestFinished(() => redis.stop())
  const { url } = await running(t, { redis: redis.url })
  const page = await browser.page()
  await page.goto(url)
  await expect.poll(() => state(page)).toBe('live')
  await redis.kill9()
  await expect.poll(() => state(page)).toMatch(/^Redis out of reach since \d\d:\d\d:\d\d$/)
  await redis.restart()
  await expect.poll(() => state(page)).toBe('live')
})

it('lets nobody in without the password', async t => {
  const access = { user: 'ops', password: 'correct horse' }
  const { url } = await running(t, {}, { access })
  const stranger = await browser.page({ expected: AWAY })
  await expect(stranger.goto(url)).rejects.toThrow('ERR_INVALID_AUTH_CREDENTIALS')
  const wrong = { username: 'ops', password: 'wrong' }
  const other = await browser.page({ credentials: wrong, expected: AWAY })
  expect((await other.goto(url))?.status()).toBe(401)
  const page = await browser.page({ credentials: { username: 'ops', password: access.password } })
  await page.goto(url)
  await page.getByRole('article', { name: 'default/update-engine' }).waitFor()
  await expect.poll(() => state(page)).toBe('live')
})

it('shows as text what engines and people write', async t => {
  const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202e'
  const { url, engine, redis, keys } = await running(t)
  engine.behave('/login', answer(401, { message: hostile }))
  engine.newSecret()
  const why = { reason: hostile, since: Date.now(), by: hostile }
  await redis.hset(keys.paused, 'default/get-stats', JSON.stringify(why))
  const evil = { part: 'worker', name: hostile, version: hostile, since: 1, seen: Date.now() }
  await redis.hset(keys.processes, 'worker:evil', JSON.stringify(evil))
  const page = await browser.page()
  await page.goto(url)
  await page.getByText('login refused').waitFor()
  await page.getByText('Paused since').waitFor()
  expect(await page.locator('.processes').innerText()).toContain('<script>window.hacked=1')
  expect(await page.locator('main').innerText()).not.toContain('\u202e')
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  expect(await page.locator('main img, main script').count()).toBe(0)
})

it('is light or dark as the system or the reader will, and remembers it', async t => {
  const { url } = await running(t)
  const page = await browser.page({ colorScheme: 'dark' })
  await page.goto(url)
  const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  const dark = await ground()
  await page.getByRole('button', { name: 'Colours: as the system' }).click()
  await page.getByRole('button', { name: 'Colours: light' }).waitFor()
  const light = await ground()
  expect(light).not.toBe(dark)
  await page.reload()
  await page.getByRole('button', { name: 'Colours: light' }).click()
  expect(await ground()).toBe(dark)
})

it.for(PAGES)('weighs less than 250 KB and names its links and buttons: /%s', async (path, t) => {
  const { url } = await running(t)
  const page = await browser.page({ size: { width: 360, height: 740 } })
  const bodies: Promise<Buffer>[] = []
  page.on('response', response => {
    if (!response.url().includes('/api/')) bodies.push(response.body())
  })
  await page.goto(url + path)
  await expect.poll(() => state(page)).toBe('live')
  await page.getByRole('heading').first().waitFor()
  const bytes = (await Promise.all(bodies)).reduce((sum, { length }) => sum + length, 0)
  expect(bytes).toBeGreaterThan(20_000)
  expect(bytes).toBeLessThan(250 * 1024)
  expect(await overflows(page)).toBe(false)
  // Names come after the role, in quotes.
  const snapshot = await page.locator('body').ariaSnapshot()
  expect(snapshot).toContain('- link "Runs"')
  expect(snapshot).not.toMatch(
    /- (?:link|button|textbox|combobox|checkbox|img)(?: \[[^\]]*\])*:?$/m,
  )
})

it('says where there is no page, in the same frame', async t => {
  const { url } = await running(t)
  const page = await browser.page({ expected: [/404/] })
  expect((await page.goto(`${url}nowhere/at/all`))?.status()).toBe(404)
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
  await expect.poll(() => state(page)).toBe('live')
  await page.getByRole('link', { name: 'overview', exact: true }).click()
  await page.getByRole('article', { name: 'default/update-engine' }).waitFor()
})

it('is used by keyboard alone', async t => {
  const { url } = await running(t)
  const page = await browser.page()
  await page.goto(url)
  await expect.poll(() => state(page)).toBe('live')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main')
  await page.getByRole('link', { name: 'Runs', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(`${url}runs`)
})

it('tells whether one may act from here', async t => {
  const { url, config } = await running(t)
  const page = await browser.page()
  await page.goto(url)
  await page.getByText('read-only', { exact: true }).waitFor()
  expect(await page.locator('main').getByRole('button').count()).toBe(0)
  const writing = await startDashboard(t, { config: config(), write: true })
  await page.goto(writing.url)
  await page.getByText('write mode', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Pause default/update-engine' }).waitFor()
})
