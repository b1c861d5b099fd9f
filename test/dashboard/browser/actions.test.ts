import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { recordAction } from '../../../src/ledger/actions.ts'
import { openBooks, type TestBooks } from '../../fixtures/books.ts'
import { openBrowser, overflows, type PageOptions } from '../../fixtures/browser.ts'
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts'

const browser = openBrowser()

let books: TestBooks
let dashboard: TestDashboard
beforeEach(async t => {
  books = openBooks()
  dashboard = await startDashboard(t, { prefix: books.prefix })
})
afterEach(() => books.quit())

async function open(options: PageOptions = {}): Promise<Page> {
  const page = await browser.page(options)
  await page.goto(`${dashboard.url}actions`)
  return page
}

function record(action: Partial<Parameters<typeof recordAction>[2]>) {
  return recordAction(books.redis, books.keys, {
    by: 'ann@host',
    via: 'command line',
    action: 'pause',
    target: 'default/get-stats',
    reason: '',
    ...action,
  })
}

const reasons = (page: Page) => page.locator('tbody .why').allTextContents()

it('shows who did what, from where, to what and why', async () => {
  const at = await record({ reason: 'maintenance' })
  await record({ by: 'bob', via: 'Bull Board', action: 'retry job', target: 'calls 17' })
  const page = await open()
  const [first, second] = [page.locator('tbody tr').nth(0), page.locator('tbody tr').nth(1)]
  for (const text of ['bob', 'Bull Board', 'retry job', 'calls 17']) {
    await first.getByText(text, { exact: true }).waitFor()
  }
  for (const text of ['ann@host', 'command line', 'pause', 'maintenance']) {
    await second.getByText(text, { exact: true }).waitFor()
  }
  const time = second.locator('time').first()
  expect(await time.getAttribute('datetime')).toBe(new Date(at).toISOString())
  const link = second.getByRole('link', { name: 'default/get-stats' })
  expect(await link.getAttribute('href')).toContain('runs?schedule=default%2Fget-stats')
})

it('goes through its pages and back', async () => {
  const all = Array.from({ length: 120 }, (_, index) => `no ${index + 1}`)
  for (const reason of all) await record({ reason })
  const newest = all.reverse()
  const page = await open()
  await expect.poll(() => reasons(page)).toEqual(newest.slice(0, 50))
  await page.getByRole('link', { name: 'Older' }).click()
  await expect.poll(() => reasons(page)).toEqual(newest.slice(50, 100))
  await page.getByRole('link', { name: 'Older' }).click()
  await expect.poll(() => reasons(page)).toEqual(newest.slice(100))
  expect(await page.getByRole('link', { name: 'Older' }).count()).toBe(0)
  await page.goBack()
  await expect.poll(() => reasons(page)).toEqual(newest.slice(50, 100))
  await page.getByRole('link', { name: 'Newest' }).click()
  await expect.poll(() => reasons(page)).toEqual(newest.slice(0, 50))
})

it('shows before long what was done elsewhere', async () => {
  const page = await open()
  await page.getByText('Nobody has paused').waitFor()
  await record({ reason: 'from elsewhere' })
  await page.locator('tbody').getByText('from elsewhere').waitFor()
})

it('shows hostile texts as texts, also on a phone', async () => {
  const hostile = '<script>alert(1)</script><img src=x onerror=alert(2)>\u202e'
  await record({ by: hostile, action: hostile, target: hostile, reason: hostile.repeat(3) })
  const page = await open({ size: { width: 360, height: 740 } })
  await page.locator('tbody tr').waitFor()
  expect(await reasons(page)).toEqual([hostile.repeat(3).replaceAll('\u202e', '\\u202e')])
  expect(await page.locator('main script, main img').count()).toBe(0)
  expect(await overflows(page)).toBe(false)
  const log = page.locator('.log')
  expect(await log.evaluate(it => it.scrollWidth <= it.clientWidth)).toBe(true)
  await browser.shot(page, 'actions-phone-hostile')
})
