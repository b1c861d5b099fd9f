import { afterEach, beforeEach, expect, it } from 'vitest'
import type { OverviewView } from '../../../src/dashboard/views.ts'
import { openBooks, type TestBooks } from '../../fixtures/books.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { openPage } from '../../fixtures/live-page.ts'

const id = 'default/update-engine'
let books: TestBooks
beforeEach(() => {
  books = openBooks()
})
afterEach(() => books.quit())

it('answers how everything stands with no page open', async t => {
  await books.declare(id, 0)
  for (let slot = 1; slot <= 130; slot++) await books.record({ slot, latenessMs: slot })
  const { get } = await startDashboard(t, { prefix: books.prefix, write: true })
  const response = await get('api/overview')
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  const view = (await response.json()) as OverviewView
  expect(view).toMatchObject({ write: true, lostSince: null, engines: [{ state: 'running' }] })
  const [schedule] = view.schedules
  expect(schedule?.cells.map(({ slot }) => slot)).toEqual(
    Array.from({ length: 120 }, (_, index) => index + 11),
  )
  expect(schedule).toMatchObject({ latenessP50: 70, latenessP99: 129, latenessMax: 130 })
})

it('answers the same while a page is open', async t => {
  // Of a slot each second, the next one is another when the answer is made.
  const day = 86_400_000
  const grid = { interval: day, phase: (Date.now() + day / 2) % day }
  await books.declare(id, 0, [{ from: 0, to: null, grid }])
  const { get, url } = await startDashboard(t, { prefix: books.prefix })
  const page = await openPage(t, url)
  const asked = get('api/overview')
  await page.waitFor(() => page.of('snapshot').length > 0)
  const { now, ...snapshot } = page.of('snapshot')[0] as OverviewView
  expect(await (await asked).json()).toMatchObject({ schedules: snapshot.schedules })
  expect(now).toBeLessThanOrEqual(Date.now())
})

it('gives each of many schedules fewer cells', async t => {
  const ids = Array.from({ length: 300 }, (_, index) => `e${index}/update-engine`)
  for (const id of ids) await books.declare(id, 0)
  for (let slot = 1; slot <= 50; slot++) {
    await books.record({ schedule: ids[0] as string, engine: 'e0', slot })
  }
  const { get } = await startDashboard(t, { prefix: books.prefix })
  const view = (await (await get('api/overview')).json()) as OverviewView
  expect(view.schedules).toHaveLength(300)
  expect(view.schedules.find(({ id }) => id === ids[0])?.cells).toHaveLength(40)
})

it('answers a HEAD of the stream without opening one', async t => {
  const { get } = await startDashboard(t, { prefix: books.prefix })
  const response = await get('api/live', { method: 'HEAD' })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
})

it('turns pages away when far too many are open', async t => {
  const { get, url } = await startDashboard(t, { prefix: books.prefix })
  const pages = await Promise.all(Array.from({ length: 256 }, () => openPage(t, url)))
  const response = await get('api/live')
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ error: { code: 'too-many-pages' } })
  await pages[0]?.close()
  let status = 503
  while (status === 503) {
    const again = await get('api/live')
    status = again.status
    await again.body?.cancel()
  }
  expect(status).toBe(200)
}, 60_000)
