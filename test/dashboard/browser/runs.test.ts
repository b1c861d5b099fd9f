import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openBooks, runOf, type TestBooks } from '../../fixtures/books.ts'
import { openBrowser, overflows, type PageOptions } from '../../fixtures/browser.ts'
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts'

const browser = openBrowser()
const begin = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000
const own = 'default/update-engine'
const other = 'second/get-stats'

let books: TestBooks
let dashboard: TestDashboard
beforeEach(async t => {
  books = openBooks()
  dashboard = await startDashboard(t, { prefix: books.prefix })
  await books.declare(own, begin)
  await books.declare(other, begin)
})
afterEach(() => books.quit())

/** Runs of both schedules in turn, one a second; every tenth failed. */
async function fill(count: number) {
  for (let index = 1; index <= count; index++) {
    const failed = index % 10 === 0
    await books.record({
      schedule: index % 2 === 0 ? own : other,
      slot: begin + index * 1000,
      verdict: failed ? 'failed' : 'succeeded',
      reason: failed ? 'http-500' : null,
      status: failed ? 500 : 200,
    })
  }
}

async function open(path = 'runs', options: PageOptions = {}): Promise<Page> {
  const page = await browser.page(options)
  await page.goto(new URL(path, dashboard.url).href)
  return page
}

const rowsOf = (page: Page) => page.locator('tbody tr')

/** The runs on the page by their addresses, newest first. */
function namesOf(page: Page): Promise<(string | null)[]> {
  return page
    .locator('tbody .when a')
    .evaluateAll(links =>
      links.map(link =>
        new URL((link as { href: string } & typeof link).href).searchParams.get('run'),
      ),
    )
}

it('narrows by schedule, verdict and time, and the address keeps the choice', async () => {
  await fill(40)
  const page = await open()
  await expect.poll(() => rowsOf(page).count()).toBe(40)
  await page.getByLabel('Schedule').selectOption(own)
  await expect.poll(() => rowsOf(page).count()).toBe(20)
  await page.getByRole('button', { name: 'failed' }).click()
  await expect.poll(() => rowsOf(page).count()).toBe(4)
  await page.getByRole('button', { name: '7 d' }).click()
  await expect
    .poll(() => new URL(page.url()).search)
    .toBe(`?schedule=${own}&verdict=failed&last=7d`)
  await page.getByRole('button', { name: '15 min' }).click()
  await page.getByText('No run fits').waitFor()
  await page.goBack()
  await expect.poll(() => rowsOf(page).count()).toBe(4)
  const pressed = page.getByRole('button', { name: '7 d', pressed: true })
  await pressed.waitFor()
  await page.reload()
  await expect.poll(() => rowsOf(page).count()).toBe(4)
  expect(await page.getByLabel('Schedule').inputValue()).toBe(own)
  await page.getByRole('button', { name: 'succeeded' }).click()
  await expect.poll(() => rowsOf(page).count()).toBe(20)
})

it('narrows to a stretch of time that is typed', async () => {
  await fill(40)
  const page = await open('runs?engine=second')
  await expect.poll(() => rowsOf(page).count()).toBe(20)
  await page.getByRole('button', { name: 'from … to …' }).click()
  const local = (at: number) =>
    page.evaluate(
      'at => new Date(at - new Date(at).getTimezoneOffset() * 60000).toISOString().slice(0, 19)'
        .replace(/^/, '(')
        .concat(`)(${at})`),
    ) as Promise<string>
  await page.getByLabel('From').fill(await local(begin + 11_000))
  await page.getByLabel('To', { exact: true }).fill(await local(begin + 15_000))
  await expect
    .poll(() => namesOf(page))
    .toEqual([15, 13, 11].map(at => `${other}/${begin + at * 1000}`))
  await expect.poll(() => new URL(page.url()).searchParams.get('from')).toBe(String(begin + 11_000))
})

it('shows every run once over its pages, and the way back', async () => {
  await fill(130)
  const page = await open()
  const seen: (string | null)[] = []
  await expect.poll(() => rowsOf(page).count()).toBe(50)
  seen.push(...(await namesOf(page)))
  await page.getByRole('link', { name: 'Older' }).click()
  await expect.poll(() => namesOf(page).then(names => names.includes(seen[0] ?? ''))).toBe(false)
  await expect.poll(() => rowsOf(page).count()).toBe(50)
  seen.push(...(await namesOf(page)))
  await page.getByRole('link', { name: 'Older' }).press('Enter')
  await expect.poll(() => rowsOf(page).count()).toBe(30)
  seen.push(...(await namesOf(page)))
  await page.getByText('That is all there is').waitFor()
  const all = Array.from({ length: 130 }, (_, index) => 130 - index)
  expect(seen).toEqual(all.map(at => `${at % 2 === 0 ? own : other}/${begin + at * 1000}`))
  await page.goBack()
  await expect.poll(() => namesOf(page)).toEqual(seen.slice(50, 100))
  await page.getByRole('link', { name: 'Newest' }).click()
  await expect.poll(() => namesOf(page)).toEqual(seen.slice(0, 50))
})

it('downloads what the filters leave', async () => {
  await fill(40)
  const page = await open(`runs?schedule=${own}&verdict=failed`)
  await expect.poll(() => rowsOf(page).count()).toBe(4)
  for (const [name, lines] of [
    ['CSV', 5],
    ['NDJSON', 4],
  ] as const) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name, exact: true }).click(),
    ])
    expect(download.suggestedFilename()).toBe(`runs.${name.toLowerCase()}`)
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    expect(text.trimEnd().split('\n')).toHaveLength(lines)
    expect(text).toContain('http-500')
    expect(text).not.toContain('succeeded')
  }
})

it('says what to do where there is nothing', async () => {
  const page = await open('runs', { expected: [/404.*nobody/] })
  await page.getByText('No run yet').waitFor()
  await books.redis.del(books.keys.schedules)
  await page.reload()
  await page.getByText('Nothing is declared yet: start a producer').waitFor()
  await page.goto(`${dashboard.url}runs?schedule=nobody/get-stats`)
  await page.getByRole('alert').getByText('There is no schedule').waitFor()
})

it('goes on searching where many runs do not fit', async () => {
  await books.record({ slot: begin + 1, verdict: 'failed', reason: 'http-500' })
  for (let thousand = 0; thousand < 101; thousand++) {
    const some = Array.from({ length: 1000 }, (_, index) => begin + thousand * 1000 + index + 2)
    const members = some.flatMap(slot => [slot, JSON.stringify(runOf({ slot }))])
    await books.redis.zadd(books.keys.runs(own), ...members)
  }
  const page = await open('runs?verdict=failed')
  // A hundred thousand are looked at.
  await page.getByText('Nothing that fits back to').waitFor()
  await page.getByRole('link', { name: 'Search further back' }).click()
  await expect.poll(() => namesOf(page)).toEqual([`${own}/${begin + 1}`])
})

it('fits a phone and a tablet', async () => {
  await fill(12)
  await books.record({
    slot: begin + 20_000,
    verdict: 'missed',
    reason: 'not-run',
    count: 90,
    to: begin + 109_000,
    worker: null,
  })
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open('runs', { size: { width: 360, height: 740 }, colorScheme })
    await expect.poll(() => rowsOf(page).count()).toBe(13)
    await page.getByText('90 slots missed from').waitFor()
    expect(await page.locator('main').evaluate(main => main.scrollWidth <= main.clientWidth)).toBe(
      true,
    )
    expect(await overflows(page)).toBe(false)
    await page.setViewportSize({ width: 820, height: 1000 })
    expect(await overflows(page)).toBe(false)
    await page.setViewportSize({ width: 360, height: 740 })
    await browser.shot(page, `runs-phone-${colorScheme}`)
  }
})
