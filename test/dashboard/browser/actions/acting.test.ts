import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest'
import type { ActionsView } from '../../../../src/dashboard/views.ts'
import { openBrowser, overflows } from '../../../fixtures/browser.ts'
import { startDashboard, type TestDashboard } from '../../../fixtures/dashboard.ts'
import { type Deployment, deploy, every } from '../../../fixtures/deployment.ts'

const browser = openBrowser()
const own = 'default/update-engine'

let deployment: Deployment
beforeEach(async () => {
  deployment = await deploy({ schedules: [every(1000), every(1000, 'get-stats', 500)] })
  await deployment.producer()
  await deployment.worker()
})
afterEach(() => deployment.close())

interface Opened {
  page: Page
  dashboard: TestDashboard
}

async function open(t: TestContext, write = true, expected: RegExp[] = []): Promise<Opened> {
  const access = { user: 'ann', password: 'battery staple' }
  const dashboard = await startDashboard(t, { config: deployment.config(), write, access })
  const credentials = { username: access.user, password: access.password }
  const page = await browser.page({ credentials, expected })
  await page.goto(`${dashboard.url}actions`)
  return { page, dashboard }
}

/** The button that opens a dialog, and then that dialog. */
async function ask(page: Page, button: string, target = own) {
  await page.getByLabel('Act on').selectOption(target)
  await page.getByRole('button', { name: `${button} ${target}`, exact: true }).click()
  return page.getByRole('dialog')
}

async function actions({ dashboard }: Opened): Promise<ActionsView['actions']> {
  const response = await dashboard.get('api/actions')
  return ((await response.json()) as ActionsView).actions
}

it('pauses a schedule with a reason, and resumes it', async t => {
  const opened = await open(t)
  const { page } = opened
  let dialog = await ask(page, 'Pause')
  await dialog.locator('input:focus').waitFor()
  await page.keyboard.type('maintenance <b>tonight</b>')
  await page.keyboard.press('Enter')
  await dialog.getByText('no more calls from the next slot on').waitFor()
  await deployment.nextRun(run => run.schedule === own && run.reason === 'paused')
  // The button that closes has the focus a moment after the text is there.
  await dialog.locator('footer button:focus').waitFor()
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('has been paused since').waitFor()
  expect(await page.getByRole('list', { name: 'Paused now' }).textContent()).toContain(
    'by ann: maintenance <b>tonight</b>',
  )

  await page
    .getByRole('list', { name: 'Paused now' })
    .getByRole('button', { name: `Resume ${own}` })
    .click()
  dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Resume' }).click()
  await dialog.getByText('calls are made again from the next slot on').waitFor()
  await deployment.nextRun(run => run.schedule === own && run.verdict === 'succeeded')
  await page.keyboard.press('Escape')
  await page.getByText('Nothing is paused').waitFor()
  const who = { by: 'ann', via: 'dashboard', target: own }
  expect(await actions(opened)).toMatchObject([
    { ...who, action: 'resume', reason: '' },
    { ...who, action: 'pause', reason: 'maintenance <b>tonight</b>' },
  ])
  const rows = page.locator('tbody tr')
  await expect.poll(() => rows.count()).toBe(2)
  for (const text of ['ann', 'dashboard', 'pause', own, 'maintenance <b>tonight</b>']) {
    await rows.nth(1).getByText(text, { exact: true }).waitFor()
  }
})

it('does not pause without a reason', async t => {
  const opened = await open(t)
  const dialog = await ask(opened.page, 'Pause')
  await dialog.getByRole('textbox').fill('   ')
  await dialog.getByRole('button', { name: 'Pause', exact: true }).click()
  await dialog.getByRole('alert').getByText('Say why').waitFor()
  expect(await dialog.getByRole('textbox').getAttribute('aria-invalid')).toBe('true')
  await opened.page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await actions(opened)).toEqual([])
  expect(await deployment.redis.exists(deployment.keys.paused)).toBe(0)
})

it('makes one call and shows its result', async t => {
  const opened = await open(t)
  const { page } = opened
  const dialog = await ask(page, 'Call now')
  await dialog.getByText('This moves real money').waitFor()
  await dialog.getByRole('textbox').fill('just to see')
  await dialog.getByRole('button', { name: 'Call now', exact: true }).click()
  await dialog.locator('.badge').waitFor()
  const [run] = await deployment.redis.zrevrange(deployment.keys.manual(own), 0, 0)
  const { verdict, asked } = JSON.parse(run ?? '{}')
  expect(await dialog.locator('.badge').textContent()).toContain(verdict)
  await dialog.getByRole('link', { name: 'Details' }).click()
  await page.waitForURL(`**/runs?run=**m${asked}`)
  await page.getByRole('dialog').getByText('by hand').waitFor()
  expect(await actions(opened)).toMatchObject([
    { by: 'ann', via: 'dashboard', action: 'trigger', target: own, reason: 'just to see' },
  ])
})

it('says that no worker is alive, and waits for one', async t => {
  await deployment.close()
  deployment = await deploy({ schedules: [every(1000)] })
  await deployment.producer()
  const { page } = await open(t)
  const dialog = await ask(page, 'Call now')
  await dialog.getByRole('button', { name: 'Call now', exact: true }).click()
  await dialog.getByText('no worker is alive').waitFor()
  await dialog.getByText('Waiting for its result').waitFor()
  expect(await dialog.locator('.badge').count()).toBe(0)
  await deployment.worker()
  await dialog.locator('.badge').waitFor()
})

it('warns of money only where money is moved, and leaves an engine’s calls to its schedules', async t => {
  const { page } = await open(t)
  const dialog = await ask(page, 'Call now', 'default/get-stats')
  await dialog.getByText('under the same rules').waitFor()
  expect(await dialog.getByText('money').count()).toBe(0)
  await page.keyboard.press('Escape')
  await page.getByLabel('Act on').selectOption('default')
  expect(await page.getByRole('button', { name: /^Call now/ }).count()).toBe(0)
  const pausing = await ask(page, 'Pause', 'default')
  await pausing.getByText('No more calls of every schedule of default').waitFor()
  await pausing.getByRole('textbox').fill('all of it')
  await pausing.getByRole('button', { name: 'Pause', exact: true }).click()
  await pausing.getByText('default is paused').waitFor()
  await deployment.nextRun(run => run.reason === 'paused' && run.job === 'get-stats')
})

it('shows in the dialog why something could not be done, and keeps what was typed', async t => {
  const opened = await open(t, true, [/404/])
  const { page } = opened
  const dialog = await ask(page, 'Pause')
  await dialog.getByRole('textbox').fill('too late')
  // As if its schedule had just gone, which the page has not heard of.
  await page.route('**/api/actions', route => {
    const wish = route.request().postDataJSON()
    return route.continue({ postData: { ...wish, target: 'default/gone' } })
  })
  await dialog.getByRole('button', { name: 'Pause', exact: true }).click()
  await dialog.getByRole('alert').getByText('There is no schedule or engine').waitFor()
  expect(await dialog.getByRole('textbox').inputValue()).toBe('too late')
})

it('has no buttons in read-only mode and says how to get them', async t => {
  const { page } = await open(t, false)
  await page.getByText('--dashboard-write').waitFor()
  expect(await page.locator('main button, dialog').count()).toBe(0)
})

it('fits a phone', async t => {
  const { page } = await open(t)
  await page.setViewportSize({ width: 360, height: 740 })
  const dialog = await ask(page, 'Call now')
  const inside = await dialog.evaluate(it => {
    const { left, right } = it.getBoundingClientRect()
    return left >= 0 && right <= 360
  })
  expect(inside).toBe(true)
  expect(await overflows(page)).toBe(false)
  await browser.shot(page, 'acting-phone')
})
