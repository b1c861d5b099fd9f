import { afterEach, beforeEach, expect, it } from 'vitest'
import type { OverviewView } from '../../../src/dashboard/views.ts'
import { openBooks, type TestBooks } from '../../fixtures/books.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { openPage } from '../../fixtures/live-page.ts'
import { startRedis, type TestRedis } from '../../fixtures/redis.ts'
import { advance } from '../../fixtures/session.ts'

const id = 'default/update-engine'
let redis: TestRedis
let books: TestBooks
beforeEach(async () => {
  redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  books = openBooks({ redis: redis.url })
})
afterEach(async () => {
  books.redis.disconnect()
  await redis.stop()
})

it('says since when Redis is lost, and begins anew when it is back', async t => {
  const { prefix } = books
  await books.declare(id, 0)
  await books.record({ slot: 1000 })
  const { url, get } = await startDashboard(t, { prefix, redisUrl: redis.url })
  const page = await openPage(t, url)
  await page.waitFor(() => page.of('snapshot').length === 1)
  const before = Date.now()
  await redis.kill9()
  await page.waitFor(() => page.state()?.lostSince !== null)
  expect(page.state()?.lostSince).toBeGreaterThanOrEqual(before)
  expect(page.state()?.schedules).toHaveLength(1)
  const late = await openPage(t, url)
  await late.waitFor(() => late.of('snapshot').length === 1)
  expect(late.of('snapshot')[0]).toMatchObject({ schedules: [{ cells: [{ slot: 1000 }] }] })
  expect(late.of('snapshot')[0]?.lostSince).toBe(page.state()?.lostSince)
  const overview = await get('api/overview')
  expect(overview.status).toBe(200)
  expect(((await overview.json()) as OverviewView).lostSince).toBe(page.state()?.lostSince)
  await redis.restart()
  await books.record({ slot: 2000 })
  await page.waitFor(() => page.of('snapshot').length === 2)
  const last = page.of('snapshot')[1]
  expect(last?.lostSince).toBeNull()
  const slots = last?.schedules[0]?.cells.map(({ slot }) => slot) ?? []
  // What is recorded while the snapshot is made comes with it or right after it.
  await page.waitFor(() => slots.length + page.runs().length === 2)
  expect([...slots, ...page.runs().map(({ slot }) => slot)]).toEqual([1000, 2000])
  await books.record({ slot: 3000 })
  await page.waitFor(() => page.runs().some(({ slot }) => slot === 3000))
})

it('takes nobody for dead who cannot be heard of', async t => {
  const { prefix } = books
  await books.declare(id, 0)
  const now = Date.now()
  const presence = { part: 'worker', name: 'w1', version: '1', since: now, seen: now }
  await books.redis.hset(books.keys.processes, 'worker:w1', JSON.stringify(presence))
  const { url, get } = await startDashboard(t, { prefix, redisUrl: redis.url })
  const page = await openPage(t, url)
  await page.waitFor(() => page.of('snapshot').length === 1)
  await redis.kill9()
  await page.waitFor(() => page.state()?.lostSince !== null)
  advance(60_000)
  const overview = (await (await get('api/overview')).json()) as OverviewView
  expect(overview.processes).toMatchObject([{ name: 'w1', gone: false }])
  expect(overview.warnings.filter(warning => warning.includes('worker'))).toEqual([])
})

it('tells pages that Redis has never answered', async t => {
  const { prefix } = books
  await redis.kill9()
  const { url, get } = await startDashboard(t, { prefix, redisUrl: redis.url })
  const page = await openPage(t, url)
  await page.waitFor(() => page.of('snapshot').length === 1)
  expect(page.of('snapshot')[0]).toMatchObject({
    ...{ lostSince: expect.any(Number), engines: [], schedules: [], warnings: [] },
    redis: { address: redis.url, version: null },
  })
  const overview = await get('api/overview')
  expect(overview.status).toBe(503)
  expect(await overview.json()).toMatchObject({ error: { code: 'redis-unreachable' } })
  await redis.restart()
  await page.waitFor(() => page.of('snapshot').some(({ lostSince }) => lostSince === null))
})

it('needs no right to write', async t => {
  const { prefix } = books
  await books.declare()
  const rights = ['+@read', '+@connection', '+info', '+subscribe', '+unsubscribe']
  await books.redis.acl('SETUSER', 'viewer', 'on', '>secret', '~*', '&*', '-@all', ...rights)
  const redisUrl = `redis://viewer:secret@127.0.0.1:${redis.port}`
  const { url, get } = await startDashboard(t, { prefix, redisUrl })
  const page = await openPage(t, url)
  await page.waitFor(() => page.of('state').length > 0)
  expect(page.of('snapshot')).toHaveLength(1)
  expect(page.state()).toMatchObject({ lostSince: null, schedules: [{ id }] })
  await books.record({ slot: Date.now() })
  await page.waitFor(() => page.runs().length > 0)
  const overview = await (await get('api/overview')).text()
  expect(overview + JSON.stringify(page.events)).not.toContain('secret')
})

it('says when Redis answers, and lets nothing be read', async t => {
  await books.redis.acl('SETUSER', 'viewer', 'on', '>secret', '~*', '&*', '-@all', '+info')
  const redisUrl = `redis://viewer:secret@127.0.0.1:${redis.port}`
  const warnings: string[] = []
  const { url, events } = await startDashboard(t, { redisUrl })
  events.on('warning', ({ message }) => warnings.push(message))
  const page = await openPage(t, url)
  await page.waitFor(() => page.state()?.lostSince !== undefined)
  expect(page.state()?.lostSince).toEqual(expect.any(Number))
  expect(warnings).toEqual([
    expect.stringMatching(/^Redis does not let the dashboard read: NOPERM/),
  ])
})

it('reads nothing while no page is open, and no more for many pages than for one', async t => {
  const { prefix } = books
  await books.declare()
  const { url, get, redis: own } = await startDashboard(t, { prefix, redisUrl: redis.url })
  await Promise.all([own.ping(), get('api/overview')])
  const idle = await commandsIn(() => new Promise(resolve => setTimeout(resolve, 500)))
  expect(idle).toBe(0)
  const first = await openPage(t, url)
  await first.waitFor(() => first.of('state').length > 0)
  const readings = (count: number) => async () => {
    const before = first.of('state').length
    await first.waitFor(() => first.of('state').length >= before + count)
  }
  const one = await commandsIn(readings(2))
  const more = await Promise.all(Array.from({ length: 49 }, () => openPage(t, url)))
  await Promise.all(more.map(page => page.waitFor(() => page.of('snapshot').length > 0)))
  const fifty = await commandsIn(readings(2))
  expect(one).toBeGreaterThan(0)
  expect(one).toBeLessThanOrEqual(40)
  expect(fifty).toBeLessThanOrEqual(40)
  for (const page of [first, ...more]) await page.close()
  // It goes on for a moment, for whoever comes back at once.
  while ((await commandsIn(() => new Promise(resolve => setTimeout(resolve, 2500)))) > 0);
  const again = await openPage(t, url)
  await again.waitFor(() => again.of('snapshot').length === 1)
})

/** How many commands Redis was sent meanwhile, but for those that ask for this. */
async function commandsIn(work: () => Promise<unknown>): Promise<number> {
  const before = await processed()
  await work()
  return (await processed()) - before - 1
}

async function processed(): Promise<number> {
  const info = await books.redis.info('stats')
  return Number(/^total_commands_processed:(\d+)/m.exec(info)?.[1])
}
