import type { Page, Route } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openBooks, type TestBooks } from '../../../fixtures/books.ts'
import { openBrowser } from '../../../fixtures/browser.ts'
import { startDashboard, type TestDashboard } from '../../../fixtures/dashboard.ts'

const browser = openBrowser()
const target = 'default/update-engine'

let books: TestBooks
let dashboard: TestDashboard
let page: Page
beforeEach(async t => {
  books = openBooks()
  await books.declare(target)
  dashboard = await startDashboard(t, { prefix: books.prefix, write: true })
  page = await browser.page()
})
afterEach(() => books.quit())

/** Asks for a pause; what becomes of it stands in the dialog. */
async function pause() {
  await page.getByLabel('Act on').selectOption(target)
  await page.getByRole('button', { name: `Pause ${target}`, exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('input:focus').waitFor()
  await page.keyboard.type('maintenance')
  await page.keyboard.press('Enter')
  return dialog
}

const paused = () => books.redis.hexists(books.keys.paused, target)

it('acts though as many pages are open as a browser has connections', async () => {
  await page.goto(`${dashboard.url}actions`)
  for (let pages = 1; pages < 6; pages += 1) {
    const other = await page.context().newPage()
    await other.goto(dashboard.url)
    await other.getByText('live', { exact: true }).waitFor()
  }
  await page.bringToFront()
  const dialog = await pause()
  // The whole dialog: what stands there instead says where the request went.
  await expect.poll(() => dialog.innerText()).toContain('no more calls from the next slot on')
  expect(await paused()).toBe(1)
  await page.getByText('live', { exact: true }).waitFor()
})

it('takes back what cannot be asked in time, and says so', async () => {
  await page.goto(`${dashboard.url}actions`)
  let hold = (_: Route) => {}
  const held = new Promise<Route>(resolve => {
    hold = resolve
  })
  await page.route('**/api/actions', route =>
    route.request().method() === 'POST' ? hold(route) : route.continue(),
  )
  const dialog = await pause()
  const route = await held
  await dialog.getByText('look before you repeat it').waitFor()
  await route.continue().catch(() => 0)
  await page.unrouteAll({ behavior: 'wait' })
  // Whatever was asked before this answer has been done.
  await page.reload()
  await page.getByText('live', { exact: true }).waitFor()
  expect(await paused()).toBe(0)
})

it('lets its stream go when it is opened in the background and nobody comes', async () => {
  await page.clock.install()
  await page.addInitScript(`
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    const Real = EventSource
    window.streams = []
    window.EventSource = class extends Real {
      constructor(url) {
        super(url)
        streams.push(this)
      }
    }`)
  const states = () => page.evaluate('streams.map(stream => stream.readyState)')
  await page.goto(dashboard.url)
  await page.getByText('live', { exact: true }).waitFor()
  expect(await states()).toEqual([1])
  await page.clock.runFor(61_000)
  expect(new Set((await states()) as number[])).toEqual(new Set([2]))
})
