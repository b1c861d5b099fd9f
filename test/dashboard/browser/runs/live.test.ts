import { afterEach, expect, it } from 'vitest'
import { openBooks } from '../../../fixtures/books.ts'
import { openBrowser } from '../../../fixtures/browser.ts'
import { startDashboard } from '../../../fixtures/dashboard.ts'
import { type Deployment, deploy, every } from '../../../fixtures/deployment.ts'
import { startRedis } from '../../../fixtures/redis.ts'

const browser = openBrowser()

let deployment: Deployment | undefined
afterEach(async () => {
  await deployment?.close()
  deployment = undefined
})

/** A page of runs that one worker adds to, one or two a second. */
async function open(t: Parameters<typeof startDashboard>[0], search = '') {
  deployment = await deploy({ schedules: [every(1000), every(1000, 'get-stats', 500)] })
  await deployment.producer()
  await deployment.worker()
  const dashboard = await startDashboard(t, { config: deployment.config() })
  await deployment.nextRun()
  const page = await browser.page()
  await page.goto(`${dashboard.url}runs${search}`)
  const newest = () => page.locator('tbody .when a').first().getAttribute('href')
  const rows = page.locator('tbody tr')
  await rows.first().waitFor()
  return { page, rows, newest }
}

it('puts what is recorded on top, if it fits, until the list is frozen', async t => {
  const { page, rows, newest } = await open(t, '?schedule=default/update-engine')
  const fresh = page.locator('tbody tr.fresh')
  await fresh.first().waitFor()
  const [first, count] = [await newest(), await rows.count()]
  await expect.poll(newest).not.toBe(first)
  await expect.poll(() => rows.count()).toBeGreaterThan(count)
  expect(await rows.getByText('get-stats').count()).toBe(0)

  await page.getByRole('button', { name: 'Freeze' }).click()
  const [frozen, still] = [await newest(), await rows.count()]
  await page.getByRole('button', { name: /new$/ }).waitFor()
  expect(await newest()).toBe(frozen)
  expect(await rows.count()).toBe(still)
  await page.getByRole('button', { name: 'Frozen: go on' }).click()
  await expect.poll(newest).not.toBe(frozen)
  const times = await page
    .locator('tbody .when time')
    .evaluateAll(all => all.map(it => it.getAttribute('datetime')))
  expect(times).toEqual([...new Set(times)].sort().reverse())
})

it('moves nothing under a mouse or further down, and offers what is new', async t => {
  const { page, rows, newest } = await open(t)
  await expect.poll(() => rows.count()).toBeGreaterThan(8)
  await rows.nth(1).hover()
  const pointed = await newest()
  await page.getByRole('button', { name: /new$/ }).waitFor()
  expect(await newest()).toBe(pointed)
  await page.mouse.move(2, 2)
  await expect.poll(newest).not.toBe(pointed)

  await page.setViewportSize({ width: 1000, height: 400 })
  await page.evaluate('window.scrollTo(0, 400)')
  const pill = page.getByRole('button', { name: /new$/ })
  await pill.waitFor()
  const before = await newest()
  expect(await pill.isVisible()).toBe(true)
  await pill.click()
  await expect.poll(newest).not.toBe(before)
  expect(await page.evaluate('window.scrollY')).toBe(0)
})

it('keeps the page short, however much is recorded', async t => {
  const books = openBooks()
  t.onTestFinished(() => void books.quit())
  const begin = Math.floor(Date.now() / 1000) * 1000 - 3_600_000
  await books.declare('default/update-engine', begin)
  const dashboard = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page()
  await page.goto(`${dashboard.url}runs`)
  await page.getByText('No run yet').waitFor()
  await page.getByText('live', { exact: true }).waitFor()
  for (let index = 1; index <= 450; index++) await books.record({ slot: begin + index * 1000 })
  const newest = () => page.locator('tbody .when a').first().getAttribute('href')
  await expect.poll(newest).toContain(String(begin + 450_000))
  await expect.poll(() => page.locator('tbody tr').count()).toBeLessThan(300)
  await page.getByRole('link', { name: 'Older' }).waitFor()
})

it('says that Redis is out of reach, and goes on when it is back', async t => {
  const redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  t.onTestFinished(() => redis.stop())
  const books = openBooks({ redis: redis.url })
  t.onTestFinished(() => books.redis.disconnect())
  const slot = Math.floor(Date.now() / 1000) * 1000 - 60_000
  await books.declare('default/update-engine', slot - 1000)
  await books.record({ slot, verdict: 'failed', reason: 'http-500' })
  const dashboard = await startDashboard(t, { prefix: books.prefix, redisUrl: redis.url })
  const page = await browser.page({ expected: [/503/] })
  await page.goto(`${dashboard.url}runs`)
  const rows = page.locator('tbody tr')
  await rows.first().waitFor()
  await redis.kill9()
  await page.getByRole('button', { name: 'failed' }).click()
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor()
  await redis.restart()
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await expect.poll(() => rows.count()).toBe(1)
})
