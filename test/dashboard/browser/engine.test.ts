import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest'
import { openBooks, type TestBooks } from '../../fixtures/books.ts'
import { openBrowser } from '../../fixtures/browser.ts'
import { chart, dragOver, painted, points } from '../../fixtures/charts.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { fillHistory } from '../../fixtures/positions.ts'

const CHARTS = ['Price in its range', "Distance to the range's edge", 'Call duration', 'Lateness']
const browser = openBrowser()
let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

/** A page over 600 runs of 2 s and one that is a day old; `still` are 15 minutes up to the last. */
async function openEngine(t: TestContext, { still = false } = {}): Promise<Page> {
  await books.declare()
  const end = Math.floor(Date.now() / 1000) * 1000
  await fillHistory({ ...books, count: 1, step: 1000, end: end - 86_000_000 })
  await fillHistory({ ...books, count: 600, step: 2000, end })
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page()
  await page.goto(`${url}engines/default${still ? `?from=${end - 899_000}&to=${end}` : ''}`)
  await chart(page, 'Price in its range').waitFor()
  // What stands above the charts pushes them down when it comes.
  await page.locator('.schedules li').waitFor()
  return page
}

it('draws the price in its range, how far it is from leaving it, and the calls', async t => {
  const page = await openEngine(t, { still: true })
  for (const name of CHARTS) {
    await expect.poll(() => painted(chart(page, name), 'accent')).toBeGreaterThan(100)
    await expect.poll(() => points(chart(page, name))).toBeGreaterThanOrEqual(440)
  }
  const price = chart(page, 'Price in its range')
  expect(await painted(price, 'bad')).toBeGreaterThan(50)
  expect(await price.getByRole('img').getAttribute('aria-label')).toMatch(
    /price_current: newest 2,105, lowest 2,025, highest 2,105$/,
  )
  expect(await price.locator('.in-range').innerText()).toMatch(/In range\s+6[678](\.\d)? %/)
  await price.getByText('2 rebalances').click()
  expect(await price.locator('li').allInnerTexts()).toEqual([
    expect.stringContaining('token 101 → 102'),
    expect.stringContaining('token 100 → 101'),
  ])
})

it('tells the values at the cursor in all charts, and what a mark is', async t => {
  const page = await openEngine(t, { still: true })
  const price = chart(page, 'Price in its range')
  const plot = price.locator('.u-over')
  await expect.poll(() => price.getByText('at the cursor').count()).toBe(0)
  const box = await plot.boundingBox()
  await plot.hover({ position: { x: (box?.width ?? 0) * 0.1, y: 50 } })
  for (const name of CHARTS) await chart(page, name).getByText('at the cursor').waitFor()
  // The last rebalance was a third of 20 minutes ago, in a window of 15.
  await plot.hover({ position: { x: (box?.width ?? 0) * (1 - 400 / 900), y: 50 } })
  await price.getByText(/rebalanced: 101 → 102/).waitFor()
})

it('shows another window, which the address keeps', async t => {
  const page = await openEngine(t)
  const price = chart(page, 'Price in its range')
  await expect.poll(() => points(price)).toBeGreaterThan(400)
  const quarter = await points(price)
  await page.getByRole('button', { name: '1 h', exact: true }).click()
  await expect.poll(() => points(price)).toBeGreaterThan(quarter)
  await expect.poll(() => new URL(page.url()).searchParams.get('window')).toBe('1h')
  await page.getByText('600 points').waitFor()
  await page.getByRole('button', { name: 'all', exact: true }).click()
  await page.getByText('601 points').waitFor()
  await page.reload()
  await page.getByText('601 points').waitFor()
  await page.goBack()
  await page.getByText('600 points').waitFor()
  const pressed = page.getByRole('button', { name: '1 h', pressed: true })
  await pressed.waitFor()
})

it('zooms where it is dragged over, with finer data, and back at a double click', async t => {
  const page = await openEngine(t)
  const asked = page.waitForRequest(request => /\/stats\?from=\d{13}&to=\d{13}/.test(request.url()))
  // A click is no drag, and leaves no chart waiting for the end of one.
  await chart(page, 'Price in its range').locator('.u-over').click()
  await dragOver(page, chart(page, 'Call duration'), 0.5, 0.6)
  const { searchParams } = new URL((await asked).url())
  const [from, to] = [Number(searchParams.get('from')), Number(searchParams.get('to'))]
  expect(to - from).toBeGreaterThan(80_000)
  expect(to - from).toBeLessThan(100_000)
  for (const name of CHARTS) {
    await expect.poll(() => points(chart(page, name))).toBeLessThanOrEqual(51)
    await expect.poll(() => points(chart(page, name))).toBeGreaterThanOrEqual(38)
  }
  await expect.poll(() => new URL(page.url()).searchParams.get('from')).toBe(String(from))
  await page.getByText('Still', { exact: true }).waitFor()
  await chart(page, 'Lateness').locator('.u-over').dblclick()
  await page.getByText('Live', { exact: true }).waitFor()
  await expect.poll(() => points(chart(page, 'Lateness'))).toBeGreaterThan(400)
  await page.goBack()
  await page.getByText('Still', { exact: true }).waitFor()
  await page.goBack()
  await page.getByText('Live', { exact: true }).waitFor()
})

it('zooms and moves by the keyboard', async t => {
  const page = await openEngine(t)
  const stretch = () => {
    const { searchParams } = new URL(page.url())
    return [Number(searchParams.get('from')), Number(searchParams.get('to'))] as [number, number]
  }
  await page.getByRole('button', { name: 'Zoom in' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Still', { exact: true }).waitFor()
  const [from, to] = stretch()
  expect(Math.abs(to - from - 450_000)).toBeLessThan(5000)
  // Numbers and calls come one by one, and what is moved is what is shown.
  for (const name of CHARTS) await expect.poll(() => points(chart(page, name))).toBeLessThan(230)
  await page.getByRole('button', { name: 'Earlier' }).press('Enter')
  await expect
    .poll(() => stretch())
    .toSatisfy(([earlier]) => Math.abs(from - 225_000 - earlier) < 5000)
  await page.getByRole('button', { name: 'Back to live' }).press('Enter')
  await page.getByText('Live', { exact: true }).waitFor()
})

it('shows other fields as charts of their own, as many as are chosen', async t => {
  const page = await openEngine(t)
  const select = page.getByLabel('Another chart')
  expect(await select.locator('option').allInnerTexts()).not.toContain('tx_mint')
  await select.selectOption('tick_current')
  await select.selectOption('is_open')
  for (const name of ['tick_current', 'is_open']) {
    await expect.poll(() => painted(chart(page, name), 'accent')).toBeGreaterThan(100)
  }
  await expect
    .poll(() => new URL(page.url()).searchParams.get('fields'))
    .toBe('tick_current,is_open')
  await page.reload()
  await expect.poll(() => painted(chart(page, 'is_open'), 'accent')).toBeGreaterThan(100)
  await page.getByRole('button', { name: 'Remove the chart of tick_current' }).click()
  await chart(page, 'tick_current').waitFor({ state: 'detached' })
  expect(await chart(page, 'is_open').count()).toBe(1)
})

it('hides a line, draws by factors, and shows a chart as a table', async t => {
  const page = await openEngine(t)
  const duration = chart(page, 'Call duration')
  await expect.poll(() => painted(duration, 'accent')).toBeGreaterThan(100)
  const line = duration.getByRole('button', { name: 'default/update-engine' })
  await line.click()
  await expect.poll(() => painted(duration, 'accent')).toBe(0)
  await line.click()
  await duration.getByRole('button', { name: 'Logarithmic' }).click()
  await chart(page, 'Lateness')
    .getByRole('button', { name: 'Logarithmic', pressed: true })
    .waitFor()
  await expect.poll(() => painted(duration, 'accent')).toBeGreaterThan(100)
  await duration.getByRole('button', { name: 'Table' }).click()
  const rows = duration.locator('tbody tr')
  expect(await rows.count()).toBe(20)
  expect(await rows.first().innerText()).toMatch(/49 ms/)
})

it('exports all that is shown', async t => {
  const page = await openEngine(t)
  await page.getByLabel('Another chart').selectOption('tokenID')
  await page.getByRole('button', { name: '1 h', exact: true }).click()
  await page.getByText('600 points').waitFor()
  const file = async (name: string) => {
    const coming = page.waitForEvent('download')
    await page.getByRole('link', { name }).click()
    const download = await coming
    const text = await readFile(await download.path(), 'utf8')
    return { name: download.suggestedFilename(), lines: text.trimEnd().split('\n') }
  }
  await page.getByText('Export', { exact: true }).click()
  const csv = await file('Numbers as CSV')
  expect(csv.name).toBe('default-stats.csv')
  expect(csv.lines[0]).toBe('at,engine,slot,job,price_current,range_lower,range_upper,tokenID')
  const stream = await books.redis.xrange(books.keys.stats('default'), '-', '+')
  expect(csv.lines.slice(1).map(line => Number(line.split(',')[0]))).toEqual(
    stream.slice(1).map(([id]) => Number(id.split('-')[0])),
  )
  const lines = (await file('Numbers as NDJSON')).lines.map(line => JSON.parse(line))
  expect(lines).toHaveLength(600)
  expect(lines.at(-1).stats).toEqual({
    ...{ price_current: 2105, range_lower: 2060, range_upper: 2100, tokenID: 102 },
  })
  const runs = await books.redis.zrange(books.keys.runs('default/update-engine'), '1', '-1')
  const calls = (await file('Calls as NDJSON')).lines.map(line => JSON.parse(line))
  expect(new Set(calls.map(run => run.slot))).toEqual(
    new Set(runs.map(member => JSON.parse(member).slot)),
  )
  expect((await file('Calls as CSV')).lines).toHaveLength(601)
})
