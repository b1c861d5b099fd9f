import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest'
import { openBooks, type TestBooks } from '../../../fixtures/books.ts'
import { openBrowser, overflows } from '../../../fixtures/browser.ts'
import { chart, painted } from '../../../fixtures/charts.ts'
import { startDashboard } from '../../../fixtures/dashboard.ts'
import { fillHistory, type History } from '../../../fixtures/positions.ts'

const LOOKS = [
  { name: 'wide-light', size: { width: 1280, height: 900 }, colorScheme: 'light' },
  { name: 'phone-dark', size: { width: 360, height: 780 }, colorScheme: 'dark' },
  { name: 'wide-dark', size: { width: 1280, height: 900 }, colorScheme: 'dark' },
  { name: 'phone-light', size: { width: 360, height: 780 }, colorScheme: 'light' },
] as const

const browser = openBrowser()
let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

async function openEngine(t: TestContext, also: NonNullable<History['also']>, query = '') {
  await books.declare()
  await fillHistory({ ...books, count: 300, step: 2000, also })
  const { url } = await startDashboard(t, { prefix: books.prefix })
  return async (look: (typeof LOOKS)[number]): Promise<Page> => {
    const page = await browser.page(look)
    await page.goto(`${url}engines/default${query}`)
    await chart(page, 'Call duration').waitFor()
    await page.locator('.schedules li').waitFor()
    return page
  }
}

it('draws bounds on another scale apart, says so, and measures by the ticks', async t => {
  const open = await openEngine(t, ({ range_lower, range_upper, price_current }) => ({
    ...{ range_lower: range_lower * 1e12, range_upper: range_upper * 1e12 },
    tick_current: Math.round(75_100 + (price_current - (range_lower + range_upper) / 2) * 5),
  }))
  for (const look of LOOKS) {
    const page = await open(look)
    const price = chart(page, 'Price')
    await expect.poll(() => painted(price, 'accent')).toBeGreaterThan(100)
    // The price has the chart's height for itself, and is marked where the ticks say it is outside.
    expect(await price.getByRole('img').getAttribute('aria-label')).toMatch(
      /price_current: newest 2,105, lowest 1,9\d\d\S*, highest 2,105$/,
    )
    expect(await painted(price, 'bad')).toBeGreaterThan(20)
    expect(await price.getByText(/another scale/).innerText()).toBe(
      'The engine sends the bounds of the range on another scale than the price (about 10^12 ' +
        'times larger): they are drawn apart. The ticks tell whether the price is within.',
    )
    expect(await price.locator('.in-range').innerText()).toMatch(/In range\s+7\d(\.\d)? %/)
    const bounds = chart(page, 'Bounds of the range')
    await bounds.getByText('2,100,000,000,000,000').waitFor()
    const distance = chart(page, "Distance to the range's edge")
    expect(await distance.getByText('-12.5 %').count()).toBe(1)
    expect(await overflows(page)).toBe(false)
    await price.scrollIntoViewIfNeeded()
    await page.mouse.wheel(0, 300)
    await browser.shot(page, `other-scale-${look.name}`)
  }
})

it('shows no distance where only bounds on another scale could tell', async t => {
  const open = await openEngine(t, ({ range_lower, range_upper }) => ({
    ...{ range_lower: 1 / range_upper, range_upper: 1 / range_lower },
    ...{ tick_lower: 'none', tick_upper: 'none' },
  }))
  const page = await open(LOOKS[0])
  expect(
    await chart(page, 'Price')
      .getByText(/another scale/)
      .innerText(),
  ).toBe(
    'The engine sends the bounds of the range on another scale than the price, that of 1/price: ' +
      'they are drawn apart. Without ticks nothing tells whether the price is within.',
  )
  await expect.poll(() => painted(chart(page, 'Bounds of the range'), 'good')).toBeGreaterThan(50)
  expect(await page.getByText('In range').count()).toBe(0)
  expect(await page.getByText("Distance to the range's edge").count()).toBe(0)
})

it('shows whole numbers beyond 2^53 digit by digit', async t => {
  const token = 2n ** 256n - 1n
  const open = await openEngine(
    t,
    ({ tokenID }) => ({
      tokenID: `${token - BigInt(tokenID)}`,
      liquidity: tokenID === 100 ? 77 : `${2n ** 128n - 1n}`,
    }),
    '?fields=liquidity,tokenID',
  )
  for (const look of LOOKS.slice(0, 2)) {
    const page = await open(look)
    const liquidity = chart(page, 'liquidity')
    const max = '340,282,366,920,938,463,463,374,607,431,768,211,455'
    await liquidity.locator('.legend-value', { hasText: max }).waitFor()
    await expect.poll(() => painted(liquidity, 'accent')).toBeGreaterThan(100)
    expect(await liquidity.getByRole('img').getAttribute('aria-label')).toContain(
      `newest ${max}, lowest 77, highest ${max}`,
    )
    const tokens = chart(page, 'tokenID')
    await tokens.getByRole('button', { name: 'Table' }).click()
    const digits = (token - 102n).toLocaleString('en')
    expect(await tokens.locator('td.number').first().innerText()).toBe(digits)
    const price = chart(page, 'Price in its range')
    await price.getByText('2 rebalances').click()
    expect(await price.locator('li').first().innerText()).toContain(
      `token ${token - 101n} → ${token - 102n}`,
    )
    await price.scrollIntoViewIfNeeded()
    expect(await overflows(page)).toBe(false)
    await browser.shot(page, `digits-${look.name}`)
    await tokens.scrollIntoViewIfNeeded()
    await browser.shot(page, `digits-table-${look.name}`)
  }
})
