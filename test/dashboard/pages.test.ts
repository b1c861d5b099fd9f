import { expect, it, onTestFinished } from 'vitest'
import { startDashboard } from '../fixtures/dashboard.ts'

const t = { onTestFinished }

it.each([
  ['', 'overview', 'Overview'],
  ['runs', 'runs', 'Runs'],
  ['runs?verdict=failed', 'runs', 'Runs'],
  ['engines/default', 'engine', 'Engine'],
  ['actions', 'actions', 'Actions'],
])('frames /%s for the script of %s', async (path, name, title) => {
  const { get } = await startDashboard(t)
  const answer = await get(path)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8')
  const page = await answer.text()
  expect(page).toContain(`<title>${title} · hft-scheduler</title>`)
  expect(page).toContain(
    `<script type="module" blocking="render" src="/assets/${name}.js"></script>`,
  )
  expect(page).toContain(`<link rel="stylesheet" href="/assets/${name}.css" />`)
  expect(page).toContain('data-base="/" data-version="test"')
  // The policy of the answers allows none of these.
  expect(page).not.toMatch(/<style|style=|<script>|\son\w+=/)
})

it('tells scripts under which path they are', async () => {
  const { get } = await startDashboard(t, { path: '/ops/x' })
  const page = await (await get('')).text()
  expect(page).toContain('data-base="/ops/x/"')
  expect(page).toContain('src="/ops/x/assets/overview.js"')
})
