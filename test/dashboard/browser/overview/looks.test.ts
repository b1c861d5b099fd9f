import { expect, it } from 'vitest'
import { Dashboard } from '../../../../src/dashboard/dashboard.ts'
import type { Run, Verdict } from '../../../../src/ledger/run.ts'
import { VERSION } from '../../../../src/version.ts'
import { openBrowser, overflows } from '../../../fixtures/browser.ts'
import { dashboardConfig } from '../../../fixtures/dashboard.ts'
import { deploy, every } from '../../../fixtures/deployment.ts'

const browser = openBrowser()
const INTERVAL = 5000
const ROUGH: Record<number, [Verdict, string | null]> = {
  31: ['failed', 'http-500'],
  64: ['unknown', 'time-out'],
  65: ['skipped', 'overlap'],
  66: ['skipped', 'overlap'],
  90: ['missed', 'no-worker'],
}

const SUMS = { due: 3412, succeeded: 3395, failed: 9, unknown: 3, skipped: 4, missed: 1 }

/** How the slot was `age` slots ago. */
function past(job: Run['job'], age: number, phase: number): Run {
  const newest = Math.floor((Date.now() - phase) / INTERVAL) * INTERVAL + phase
  const slot = newest - age * INTERVAL
  const [verdict, reason] = (job === 'update-engine' && ROUGH[age]) || ['succeeded', null]
  const called = verdict !== 'skipped' && verdict !== 'missed'
  const [latenessMs, durationMs] = called ? [(age % 7) / 5, 60 + ((age * 37) % 80)] : [null, null]
  return {
    ...{ schedule: `default/${job}`, engine: 'default', job, slot, verdict, reason },
    ...{ latenessMs, durationMs, attempts: 1, status: 200, worker: 'worker', at: slot + 100 },
  }
}

it('looks as it should: light, dark, and on a phone', async t => {
  const phases = { 'update-engine': 0, 'get-stats': INTERVAL / 2 } as const
  const schedules = Object.entries(phases).map(([job, phase]) =>
    every(INTERVAL, job as Run['job'], phase),
  )
  const deployment = await deploy({ schedules })
  t.onTestFinished(() => deployment.close())
  const { redis, keys, nextRun } = deployment
  for (const [job, phase] of Object.entries(phases)) {
    const runs = Array.from({ length: 120 }, (_, age) => past(job as Run['job'], age + 1, phase))
    const members = runs.flatMap(run => [String(run.slot), JSON.stringify(run)])
    await redis.zadd(keys.runs(`default/${job}`), ...members)
  }
  await deployment.producer()
  await deployment.worker()
  await Promise.all(Object.keys(phases).map(job => nextRun(run => run.job === job)))
  for (const job of Object.keys(phases)) {
    const books = redis.multi()
    for (const [field, count] of Object.entries(SUMS)) {
      books.hincrby(keys.books(`default/${job}`), field, count)
    }
    await books.exec()
  }
  const config = dashboardConfig({ config: deployment.config(), write: true })
  const dashboard = new Dashboard({ config, events: deployment.events, version: VERSION })
  t.onTestFinished(() => dashboard.stop())
  await dashboard.start()

  for (const [name, options] of Object.entries({
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    phone: { size: { width: 390, height: 844 } },
  } as const)) {
    const page = await browser.page(options)
    await page.goto(dashboard.url)
    const update = page.getByRole('article', { name: 'default/update-engine' })
    // As many cells as there is room for.
    const room = name === 'phone' ? 33 : 120
    await expect.poll(() => update.locator('.cells a').count()).toBe(room)
    // As many more as end until the page is looked at.
    await update.getByText(/3,4\d\d slots due = 3,(39|4\d)\d succeeded \+ 9 failed/).waitFor()
    if (name !== 'phone') await update.locator('.cell.failed').hover()
    await browser.shot(page, `overview-${name}`)
    expect(await overflows(page)).toBe(false)
  }
})
