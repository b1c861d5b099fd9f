import { afterEach, beforeEach, expect, it } from 'vitest'
import { openBooks, type TestBooks } from '../../../fixtures/books.ts'
import { openBrowser, overflows } from '../../../fixtures/browser.ts'
import { chart, painted, points } from '../../../fixtures/charts.ts'
import { startDashboard } from '../../../fixtures/dashboard.ts'

const browser = openBrowser()
let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

/** An object would take `__proto__` for its own. */
const HOSTILE = (value: number) =>
  JSON.parse(
    `{"<script>window.hurt=1</script>":${value},"__proto__":${value + 1},"constructor":${value + 2},
      "<img src=x onerror=window.hurt=1>":${value + 3},"\\u202egnorw":${value + 4},
      "${'long'.repeat(25)}":${value + 5}}`,
  )

it('draws the first fields of an engine that has no position, whatever they are called', async t => {
  const now = Math.floor(Date.now() / 1000) * 1000
  await books.declare('default/update-engine', now - 60_000)
  for (let slot = now - 20_000; slot < now; slot += 1000) {
    const fields = Object.entries(HOSTILE(slot % 7000)).flatMap(([name, value]) => [
      name,
      String(value),
    ])
    const { redis, keys } = books
    await books.record({ slot, reason: '<b>bold</b>' })
    await redis.xadd(
      keys.stats('default'),
      `${slot}-0`,
      'slot',
      slot,
      'job',
      'get-stats',
      ...fields,
    )
  }
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page({ size: { width: 390, height: 844 } })
  await page.goto(`${url}engines/default?window=all`)
  const usual = ['<script>window.hurt=1</script>', '__proto__', 'constructor']
  for (const name of usual) {
    await expect.poll(() => painted(chart(page, name), 'accent')).toBeGreaterThan(20)
  }
  const select = page.getByLabel('Another chart')
  expect(await select.locator('option').allInnerTexts()).toEqual([
    'choose a field …',
    '\\u202egnorw',
    'long'.repeat(25),
  ])
  await select.selectOption('long'.repeat(25))
  await expect.poll(() => points(chart(page, 'long'.repeat(25)))).toBeGreaterThanOrEqual(20)
  await expect.poll(() => painted(chart(page, 'long'.repeat(25)), 'accent')).toBeGreaterThan(20)
  expect(await overflows(page)).toBe(false)
  expect(await page.evaluate('window.hurt')).toBe(undefined)
})

it('says that an engine has sent no numbers, and draws its calls', async t => {
  await books.declare()
  await books.record({ slot: Date.now() - 1000 })
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page()
  await page.goto(`${url}engines/default`)
  await page.getByText('has sent no numbers in this window').waitFor()
  await page.getByRole('button', { name: 'all', exact: true }).click()
  await page.getByText('has sent no numbers yet').waitFor()
  expect(await points(chart(page, 'Call duration'))).toBe(1)
  expect(await chart(page, 'Price in its range').count()).toBe(0)
})

it('says which engines there are when it is asked for another', async t => {
  await books.declare('north/update-engine')
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page({ expected: [/404/] })
  const refused = ['stats', 'calls'].map(what =>
    page.waitForResponse(response => response.url().includes(`/${what}?`)),
  )
  await page.goto(`${url}engines/south`)
  // Of what is still under way, nothing is asked again.
  for (const answer of await Promise.all(refused)) await answer.finished()
  const alert = page.getByRole('alert')
  expect(await alert.innerText()).toMatch(/south.*north/s)
  await books.declare('south/update-engine')
  await alert.getByRole('button', { name: 'Try again' }).click()
  await alert.waitFor({ state: 'detached' })
  await chart(page, 'Lateness').waitFor()
})

it('passes over an address that makes no sense', async t => {
  await books.declare()
  const { url } = await startDashboard(t, { prefix: books.prefix })
  const page = await browser.page()
  await page.goto(`${url}engines/default?window=x&from=2&to=1&fields=,nothing,&scale=%00`)
  await page.getByRole('button', { name: '15 min', pressed: true }).waitFor()
  await chart(page, 'Lateness').getByText('Nothing in this window.').waitFor()
})
