import type { Page } from 'playwright-core'
import { expect, it, type TestContext } from 'vitest'
import * as behaviours from '../../fixtures/behaviours.ts'
import { openBrowser } from '../../fixtures/browser.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { deploy, every } from '../../fixtures/deployment.ts'
import { startHttpProxy } from '../../fixtures/http-proxy.ts'

const browser = openBrowser()

/** A deployment of which one slot failed and others succeeded, and its dashboard. */
async function atWork(t: TestContext, change: { path?: string; write?: boolean } = {}) {
  const deployment = await deploy({ schedules: [every(1000), every(60_000, 'get-stats', 500)] })
  t.onTestFinished(() => deployment.close())
  deployment.engine.behave('/update-engine', behaviours.answer(400, { msg: 'no such pool' }), 1)
  await deployment.producer()
  await deployment.worker()
  await deployment.nextRun(run => run.verdict === 'failed')
  await deployment.nextRun(run => run.verdict === 'succeeded')
  return startDashboard(t, { config: deployment.config(), ...change })
}

/** What was asked for beyond this server. */
function elsewhere(page: Page, own: string): string[] {
  const asked: string[] = []
  page.on('request', request => {
    const url = request.url()
    if (!url.startsWith(own) && !url.startsWith('data:')) asked.push(url)
  })
  return asked
}

const NAME = /default\/update-engine \d\d:\d\d:\d\d\.000/
/** Bull Board loads ahead what it may not need. */
const EXPECTED = [/was preloaded using link preload but not used/]

it('shows jobs by schedule and slot, their verdicts and logs, and asks nobody else', async t => {
  const dashboard = await atWork(t)
  const page = await browser.page({ expected: EXPECTED })
  const asked = elsewhere(page, dashboard.url)
  await page.goto(`${dashboard.url}queues`)
  expect(page.url()).toBe(`${dashboard.url}queues/`)
  await page.getByText('read-only').first().waitFor()
  await page.goto(`${dashboard.url}queues/queue/calls?status=completed`)
  await page.getByText(NAME).first().waitFor()
  await page.getByText('"succeeded"').first().waitFor()
  await browser.shot(page, 'queues-completed')
  await page.goto(`${dashboard.url}queues/queue/calls?status=failed`)
  await page.getByText(NAME).first().click()
  await page.getByText('failed: http-400').first().waitFor()
  await page.getByText('Logs', { exact: true }).first().click()
  await page
    .getByText(/worker: failed: http-400: .*no such pool/)
    .first()
    .waitFor()
  await browser.shot(page, 'queues-failed')
  await page.goto(`${dashboard.url}queues/job-schedulers`)
  await page.getByText('default/get-stats').first().waitFor()
  await page.getByText('every 1s').first().waitFor()
  await browser.shot(page, 'queues-schedulers')
  await page.goto(`${dashboard.url}queues/`)
  await page.locator('main a[href*="queue/calls"]').first().waitFor()
  await browser.shot(page, 'queues')
  expect(asked).toEqual([])
})

it.for(['', '/ops'])(
  'works behind a proxy that takes away "%s", and leads back',
  async (strip, t) => {
    const dashboard = await atWork(t, { path: '/ops', write: true })
    const proxy = await startHttpProxy(t, { target: dashboard.url, strip })
    const page = await browser.page({ expected: EXPECTED })
    const asked = elsewhere(page, `${proxy}/ops/`)
    await page.goto(`${proxy}/ops/queues/job-schedulers`)
    await page.getByText('people may act').first().waitFor()
    await page.getByText('default/update-engine').first().waitFor()
    await page.goto(`${proxy}/ops/queues/queue/calls?status=completed`)
    await page.getByText(NAME).first().waitFor()
    await browser.shot(page, 'queues-acting')
    await page.locator('header button').last().click()
    const link = page
      .getByRole('link', { name: 'Overview' })
      .or(page.getByRole('menuitem', { name: 'Overview' }))
    await browser.shot(page, 'queues-menu')
    expect(await link.first().getAttribute('href')).toBe('/ops/')
    expect(asked).toEqual([])
  },
)
