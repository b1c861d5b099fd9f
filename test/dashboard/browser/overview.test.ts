import type { Page } from 'playwright-core'
import { expect, it, type TestContext } from 'vitest'
import { pause } from '../../../src/ledger/pauses.ts'
import { answer } from '../../fixtures/behaviours.ts'
import { openBooks } from '../../fixtures/books.ts'
import { openBrowser, overflows } from '../../fixtures/browser.ts'
import { type DashboardChange, startDashboard } from '../../fixtures/dashboard.ts'
import { type DeploymentOptions, deploy, every } from '../../fixtures/deployment.ts'

const browser = openBrowser()
const UPDATE = 'default/update-engine'
const BOTH = [every(1000), every(1000, 'get-stats', 500)]

/** A producer, a worker, an engine, and their dashboard. */
async function running(
  t: TestContext,
  options: DeploymentOptions = {},
  change: DashboardChange = {},
) {
  const deployment = await deploy({ schedules: BOTH, ...options })
  t.onTestFinished(() => deployment.close())
  await deployment.producer()
  await deployment.worker()
  const dashboard = await startDashboard(t, { config: deployment.config(), ...change })
  return { ...deployment, url: dashboard.url }
}

const card = (page: Page, id: string) => page.getByRole('article', { name: id })
const cells = (page: Page, id: string) => card(page, id).locator('.cells a')
const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent()

it('answers whether it works, and shows what ends without a reload', async t => {
  const { url, nextRun } = await running(t)
  const ended = nextRun()
  const page = await browser.page()
  await page.goto(url)
  await ended
  await expect.poll(() => heading(page)).toMatch(/^(All 2 schedules are|1 of 2)/)
  await page.evaluate('window.loaded = 1')
  const before = await cells(page, UPDATE).count()
  await expect.poll(() => cells(page, UPDATE).count()).toBeGreaterThan(before + 1)
  expect(await page.evaluate('window.loaded')).toBe(1)
  await page.getByText('live', { exact: true }).waitFor()
  const books = card(page, UPDATE).locator('.books')
  await expect.poll(() => books.textContent()).toMatch(/\d+ slots? due = \d+ succeeded/)
  const text = () => page.locator('main').innerText()
  for (const what of ['every 1 s', 'Late: p50 / p99 / max', 'token', 'noeviction']) {
    await expect.poll(text).toContain(what)
  }
  await expect.poll(() => page.locator('.processes tbody tr').count()).toBe(2)
})

it('counts down to the next slot', async t => {
  const { url } = await running(t, { schedules: [every(3_600_000), every(30_000, 'get-stats')] })
  const page = await browser.page()
  await page.goto(url)
  const next = card(page, 'default/get-stats').locator('dd').first()
  const left = async () => Number(/^in (\d+) s$/.exec((await next.textContent()) ?? '')?.[1])
  await expect.poll(left).toBeGreaterThan(0)
  const first = await left()
  await expect.poll(left).not.toBe(first)
})

it('names the schedule that needs a look, and why', async t => {
  const { url, engine } = await running(t)
  engine.behave('/update-engine', answer(400, { message: 'no' }))
  const page = await browser.page()
  await page.goto(url)
  await expect.poll(() => heading(page)).toMatch(/^[12] of 2 schedules needs? a look$/)
  await page.getByText(`${UPDATE}: the last slot ended failed (http-400)`).waitFor()
  await expect.poll(() => card(page, UPDATE).locator('.last').innerText()).toContain('failed')
  await expect
    .poll(() => cells(page, UPDATE).last().getAttribute('aria-label'))
    .toMatch(/^failed \(http-400\), slot /)
  // The word is not the only sign, nor the colour.
  await expect.poll(() => cells(page, UPDATE).last().textContent()).toBe('✕')
  engine.recover()
  await expect.poll(() => heading(page)).toMatch(/^All 2 schedules are/)
})

it('says what an engine that answers 500 to everything may be, and what to do', async t => {
  const { url, engine } = await running(t)
  const failing = answer(500, '<h1>Internal Server Error</h1>')
  engine.behave('/update-engine', failing)
  engine.behave('/stats', failing)
  const page = await browser.page()
  await page.goto(url)
  const hint = page.getByText(
    'default: every call ends in 500; if its last /start failed, it says "running" and has no position: see its log, call /stop, then /start',
  )
  await hint.waitFor()
  engine.recover()
  await hint.waitFor({ state: 'detached' })
  await expect.poll(() => heading(page)).toMatch(/^All 2 schedules are/)
})

it('tells a cell by keyboard, and leads to its run', async t => {
  const books = openBooks()
  t.onTestFinished(() => void books.quit())
  await books.declare()
  const begin = Math.floor(Date.now() / 1000) * 1000 - 5000
  for (let slot = begin; slot < begin + 3000; slot += 1000) await books.record({ slot })
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page()
  await page.goto(url)
  await expect.poll(() => cells(page, UPDATE).count()).toBe(3)
  await card(page, UPDATE).getByRole('link', { name: UPDATE }).focus()
  await page.keyboard.press('Tab')
  const tip = card(page, UPDATE).locator('.tip')
  await tip.waitFor()
  const focused = () => page.evaluate<string>('document.activeElement.href')
  const newest = await focused()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(focused).not.toBe(newest)
  expect(await tip.innerText()).toMatch(/succeeded\s+slot .*\s+sent .* late, took .* ms/)
  await page.keyboard.press('Home')
  const oldest = await focused()
  await page.keyboard.press('Escape')
  await tip.waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  await page.waitForURL(oldest)
  const { searchParams } = new URL(oldest)
  expect(searchParams.get('schedule')).toBe(UPDATE)
  expect(searchParams.get('run')).toMatch(/^default\/update-engine\/\d+$/)
})

it('says why a schedule is paused, since when, and by whom', async t => {
  const { url, redis, keys } = await running(t)
  const page = await browser.page()
  await page.goto(url)
  await card(page, UPDATE).waitFor()
  await pause(redis, keys, {
    target: 'default',
    reason: 'moving',
    by: 'ops@desk',
    via: 'command line',
  })
  const note = card(page, UPDATE).getByText(
    /Paused with its engine default since .* by ops@desk: moving/,
  )
  await note.waitFor()
  await expect.poll(() => heading(page)).toBe('All 2 schedules are paused: no calls are made')
})

it('says it when the books do not add up', async t => {
  const { url, redis, keys, nextRun } = await running(t)
  await nextRun()
  await redis.hincrby(keys.books(UPDATE), 'due', 5000)
  const page = await browser.page()
  await page.goto(url)
  await card(page, UPDATE).getByText('ask hft-scheduler audit').waitFor()
  // A verdict may be counted a moment before its cell is there.
  const other = card(page, 'default/get-stats')
  await expect.poll(() => other.locator('.books .off').count()).toBe(0)
})

it('gives each of many schedules a line that opens', async t => {
  const schedules = [every(1000), every(1000, 'get-stats', 500)]
  const { url, redis, keys, nextRun } = await running(t, { schedules })
  await nextRun()
  const [id, declared = ''] = Object.entries(await redis.hgetall(keys.schedules))[0] ?? []
  for (let index = 0; index < 30; index++) {
    const engine = `an-engine-with-quite-a-long-name-${index}`
    const copy = declared
      .replaceAll(`${id}`, `${engine}/get-stats`)
      .replaceAll('"default"', `"${engine}"`)
      // Nobody serves them: silence must not count for the length of this test.
      .replace('"interval":1000', '"interval":86400000')
    await redis.hset(keys.schedules, `${engine}/get-stats`, copy)
  }
  const page = await browser.page({ size: { width: 360, height: 740 } })
  await page.goto(url)
  await page.getByRole('heading', { name: 'Schedules (' }).waitFor()
  expect(await page.locator('.row .line').count()).toBeGreaterThanOrEqual(30)
  expect(await overflows(page)).toBe(false)
  await page.getByRole('button', { name: UPDATE }).click()
  await card(page, UPDATE).getByText('Books:').waitFor()
  const engine = page.getByRole('navigation').getByRole('link', { name: /^an-engine-.*-7$/ })
  await page.locator('summary', { hasText: 'Engines' }).click()
  await engine.waitFor()
  await page.keyboard.press('Escape')
  await engine.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Only what needs a look' }).click()
  await expect.poll(() => page.locator('.row .line').count()).toBeLessThan(30)
})
