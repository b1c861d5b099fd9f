import { expect, it } from 'vitest'
import { openBooks, type TestBooks } from '../../../fixtures/books.ts'
import { openBrowser, overflows } from '../../../fixtures/browser.ts'
import { chart, painted, points } from '../../../fixtures/charts.ts'
import { startDashboard } from '../../../fixtures/dashboard.ts'
import { deploy, every } from '../../../fixtures/deployment.ts'
import { fillHistory } from '../../../fixtures/positions.ts'

const browser = openBrowser()

it('shows what comes while it is open', async t => {
  const deployment = await deploy({ schedules: [every(500), every(500, 'get-stats', 250)] })
  t.onTestFinished(() => deployment.close())
  await deployment.producer()
  await deployment.worker()
  await deployment.nextRun()
  const { url } = await startDashboard(t, { config: deployment.config() })
  const page = await browser.page()
  await page.goto(`${url}engines/default`)
  await page.evaluate('window.stayed = true')
  const price = chart(page, 'Price in its range')
  await price.waitFor()
  const before = await points(price)
  await expect.poll(() => points(price)).toBeGreaterThan(before + 4)
  for (const name of ['default/get-stats', 'default/update-engine']) {
    await chart(page, 'Lateness').getByRole('button', { name }).waitFor()
  }
  await page.locator('.engine-head').locator('.badge', { hasText: 'running' }).waitFor()
  // On a busy machine a slot is skipped now and then.
  await expect.poll(() => page.locator('.schedules .badge.succeeded').count()).toBe(2)
  expect(await page.evaluate('window.stayed')).toBe(true)
})

it('leaves a window that stands still as it is', async t => {
  const books = await filled(t, 100)
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const still = await browser.page()
  let asked = 0
  still.on('request', request => {
    if (request.url().includes('/stats?')) asked++
  })
  const now = Date.now()
  await still.goto(`${url}engines/default?from=${now - 60_000}&to=${now}`)
  await chart(still, 'Lateness').waitFor()
  const before = asked
  const live = await browser.page()
  await live.goto(`${url}engines/default`)
  await live.getByText('· 100 points').waitFor()
  const failed = { verdict: 'failed', reason: 'http-500' } as const
  await books.record({ slot: Date.now(), ...failed }, { price_current: 1 })
  await still.locator('.schedules .badge.failed').waitFor()
  await live.getByText('· 101 points').waitFor()
  expect(asked).toBe(before)
})

it('reads 100,000 points and is sent no more than it can draw', async t => {
  const books = await filled(t, 100_000)
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page()
  await page.goto(`${url}engines/default?window=all`)
  await page.getByText('· 100,000 points').waitFor({ timeout: 60_000 })
  const price = chart(page, 'Price in its range')
  await expect.poll(() => painted(price, 'accent')).toBeGreaterThan(100)
  const most = 1200 * 4
  expect(await points(price)).toBeLessThan(most)
  expect(await points(chart(page, 'Lateness'))).toBeLessThan(most)
  await page.getByRole('button', { name: 'Zoom in' }).click()
  await page.getByText('Still', { exact: true }).waitFor()
  await expect.poll(() => page.locator('.shown').innerText()).toMatch(/ (49|50),\d{3} points/)
}, 120_000)

it('follows the theme with its canvases', async t => {
  const books = await filled(t, 100)
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page({ colorScheme: 'dark' })
  await page.goto(`${url}engines/default`)
  const price = chart(page, 'Price in its range')
  await expect.poll(() => painted(price, 'accent')).toBeGreaterThan(50)
  await page.emulateMedia({ colorScheme: 'light' })
  await expect.poll(() => painted(price, 'accent')).toBeGreaterThan(50)
  await page.evaluate("document.documentElement.dataset.theme = 'dark'")
  await expect.poll(() => painted(price, 'accent')).toBeGreaterThan(50)
})

it('fits a phone', async t => {
  const books = await filled(t, 100)
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page({ size: { width: 360, height: 740 } })
  await page.goto(`${url}engines/default`)
  const price = chart(page, 'Price in its range')
  await expect.poll(() => painted(price, 'accent')).toBeGreaterThan(50)
  await price.getByRole('button', { name: 'Table' }).click()
  expect(await overflows(page)).toBe(false)
  await page.setViewportSize({ width: 1920, height: 1080 })
  await expect.poll(async () => (await price.locator('canvas').boundingBox())?.width).toBe(1206)
})

it('weighs less than 250 KB', async t => {
  const books = await filled(t, 10)
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page()
  const bodies: Promise<Buffer>[] = []
  page.on('response', response => {
    if (!response.url().includes('/api/')) bodies.push(response.body())
  })
  await page.goto(`${url}engines/default`)
  await chart(page, 'Lateness').waitFor()
  await page.waitForLoadState('load')
  const weight = (await Promise.all(bodies)).reduce((sum, body) => sum + body.length, 0)
  expect(weight).toBeGreaterThan(50_000)
  expect(weight).toBeLessThan(250_000)
})

async function filled(
  t: { onTestFinished(end: () => unknown): void },
  count: number,
): Promise<TestBooks> {
  const books = openBooks()
  t.onTestFinished(() => books.quit())
  await books.declare()
  await fillHistory({ redis: books.redis, keys: books.keys, count, step: 1000 })
  return books
}
