import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Run } from '../../../../src/ledger/run.ts'
import { openBooks, type TestBooks } from '../../../fixtures/books.ts'
import { openBrowser, overflows, type PageOptions } from '../../../fixtures/browser.ts'
import { startDashboard, type TestDashboard } from '../../../fixtures/dashboard.ts'

const browser = openBrowser()
const begin = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000
const own = 'default/update-engine'
const at = (second: number) => begin + second * 1000

let books: TestBooks
let dashboard: TestDashboard
beforeEach(async t => {
  books = openBooks()
  dashboard = await startDashboard(t, { prefix: books.prefix })
  await books.declare(own, begin)
})
afterEach(() => books.quit())

async function open(path: string, options: PageOptions = {}): Promise<Page> {
  const page = await browser.page(options)
  await page.goto(new URL(path, dashboard.url).href)
  return page
}

const lost: Partial<Run> = {
  verdict: 'unknown',
  reason: 'reset',
  status: null,
  latenessMs: 3,
  durationMs: 1500,
  fence: 4711,
  worker: 'host:1',
}

it('shows everything of a run by a click, and leads to its neighbours and back', async () => {
  await books.record({ slot: at(1) })
  await books.record({ slot: at(2), ...lost, detail: 'socket hang up' })
  await books.record({ slot: at(3) })
  const page = await open('runs')
  await page
    .locator('tbody tr')
    .nth(1)
    .click({ position: { x: 400, y: 10 } })
  const dialog = page.getByRole('dialog', { name: own })
  await dialog.getByText('it may have been executed').waitFor()
  for (const text of ['socket hang up', '4711', 'host:1', 'given up +1.5 s', 'sent +3 ms']) {
    await dialog.getByText(text, { exact: true }).waitFor()
  }
  await dialog.getByText(new Date(at(2)).toISOString()).waitFor()
  const raw = await dialog.getByRole('link', { name: 'JSON' }).getAttribute('href')
  expect(await (await dashboard.get(raw ?? '')).json()).toMatchObject({ run: { fence: 4711 } })

  await dialog.getByRole('button', { name: 'Next' }).click()
  await dialog.getByText(new Date(at(3)).toISOString()).waitFor()
  const previous = dialog.getByRole('button', { name: 'Previous' })
  // Its neighbours are known a moment later.
  await expect.poll(() => previous.isEnabled()).toBe(true)
  expect(await dialog.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)
  await page.keyboard.press('ArrowLeft')
  await dialog.getByText(new Date(at(2)).toISOString()).waitFor()
  await previous.click()
  await dialog.getByText('The engine answered 200').waitFor()
  await expect.poll(() => new URL(page.url()).searchParams.get('run')).toBe(`${own}/${at(1)}`)
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect.poll(() => new URL(page.url()).search).toBe('')
  expect(await page.getByRole('dialog').count()).toBe(0)
})

it('is reached, walked and left by the keyboard alone', async () => {
  for (const second of [1, 2, 3]) await books.record({ slot: at(second) })
  const page = await open('runs')
  const links = page.locator('tbody .when a')
  await links.first().focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  expect(await links.nth(2).evaluate(link => link === link.ownerDocument.activeElement)).toBe(true)
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: own })
  await dialog.getByText(new Date(at(2)).toISOString()).waitFor()
  expect(await dialog.locator(':focus').count()).toBe(1)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  const back = () => links.nth(1).evaluate(link => link === link.ownerDocument.activeElement)
  await expect.poll(back).toBe(true)
})

it('opens by its address, also for a slot within a gap, and says why there is none', async () => {
  const gap = { verdict: 'missed', reason: 'not-run', worker: null, attempts: 0 } as const
  await books.record({ slot: at(1) })
  await books.record({ slot: at(10), ...gap, count: 70, to: at(79), status: null })
  const page = await open(`runs?run=${own}/${at(30)}`, { expected: [/404/] })
  const dialog = page.getByRole('dialog', { name: own })
  await dialog.getByText('70 slots missed from').waitFor()
  await dialog.getByText('no worker took it up').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('cell', { name: '70 slots missed from' }).waitFor()
  await expect.poll(() => new URL(page.url()).search).toBe('')

  await page.goto(`${dashboard.url}runs?schedule=${own}&run=${at(1)}`)
  await dialog.getByText('The engine answered 200').waitFor()
  await page.goto(`${dashboard.url}runs?run=${own}/${at(1) + 1}`)
  await dialog.getByRole('alert').waitFor()
})

it('shows a call by hand', async () => {
  const asked = at(5)
  await books.record({ slot: null, at: asked, asked, request: 'r-1', manual: true })
  const page = await open('runs')
  await page.locator('tbody tr').getByText('by hand').waitFor()
  await page.locator('tbody .when a').click()
  const dialog = page.getByRole('dialog', { name: own })
  await dialog.getByText('r-1').waitFor()
  await expect.poll(() => new URL(page.url()).searchParams.get('run')).toBe(`${own}/m${asked}`)
})

it('shows hostile texts as texts', async () => {
  const hostile = '<script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0007'
  await books.record({
    slot: at(1),
    verdict: 'failed',
    reason: hostile,
    worker: hostile,
    detail: hostile,
  })
  const page = await open('runs')
  const shown = '<script>alert(1)</script><img src=x onerror=alert(2)>\\u202e\\u0007'
  const row = page.locator('tbody tr')
  await expect.poll(() => row.getByText(shown, { exact: true }).count()).toBe(2)
  await page.locator('tbody .when a').click()
  await page.getByRole('dialog').locator('.detail').waitFor()
  expect(await page.getByRole('dialog').locator('.detail').textContent()).toBe(shown)
  expect(await page.locator('main script, main img').count()).toBe(0)
})

it('fits a phone', async () => {
  await books.record({ slot: at(2), ...lost, detail: `${'x'.repeat(200)} ${'y '.repeat(40)}` })
  const page = await open(`runs?run=${own}/${at(2)}`, { size: { width: 360, height: 740 } })
  const dialog = page.getByRole('dialog')
  await dialog.getByText('4711').waitFor()
  const wide = () => dialog.evaluate(it => it.scrollWidth <= it.clientWidth)
  expect(await wide()).toBe(true)
  expect(await overflows(page)).toBe(false)
  await browser.shot(page, 'details-phone')
})
