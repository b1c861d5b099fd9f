import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { startDashboard } from '../test/fixtures/dashboard.ts'
import { startRedis } from '../test/fixtures/redis.ts'
import { configOf } from './deployment.ts'
import { ENGINE, fillPast, STEP } from './past.ts'

/**
 * How long somebody waits, from typing the address, until a page shows what it is for, with 100,000
 * runs and 100,000 points: of a dashboard that was just started (cold), and again. An empty page of
 * the same server in the same browser is what it is compared with.
 */
const PAGES = [
  ['nothing (404)', 'nothing-here', 'main'],
  ['overview', '', '.card .strip'],
  ['runs', 'runs', 'tbody tr'],
  ['runs, none fits', 'runs?verdict=failed', 'text=No run fits'],
  ['engine, 15 min', `engines/${ENGINE}`, 'section[data-points]:not([data-points="0"]) canvas'],
  [
    'engine, all',
    `engines/${ENGINE}?window=all`,
    'section[data-points]:not([data-points="0"]) canvas',
  ],
] as const

const server = await startRedis()
const config = configOf({
  url: 'http://127.0.0.1:1',
  redis: server.url,
  interval: STEP,
  phases: [],
})
await fillPast(server.url)
const folder = mkdtempSync(join(tmpdir(), 'hft-pages-'))
const { findChromium } = await import('../scripts/chromium.mjs' as string)
const browser = await chromium.launchPersistentContext(folder, {
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
})
try {
  const page = await browser.newPage()
  await page.goto('about:blank')
  for (const [name, path, shows] of PAGES) {
    const dashboard = await startDashboard(null, { config })
    const times: string[] = []
    for (let visit = 0; visit < 4; visit++) {
      const begin = performance.now()
      await page.goto(`${dashboard.url}${path}`, { waitUntil: 'commit' })
      await page.locator(shows).first().waitFor()
      times.push(`${(performance.now() - begin).toFixed(0)} ms`)
      await page.goto('about:blank')
    }
    console.log(`${name}: cold ${times[0]}, then ${times.slice(1).join(', ')}`)
    await dashboard.close()
  }
} finally {
  await browser.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
