import { Queue } from 'bullmq'
import { expect, it, onTestFinished, type TestContext, vi } from 'vitest'
import { nameOf, readable, withTime } from '../../../src/dashboard/queues/queue-format.ts'
import type { Schedule } from '../../../src/jobs.ts'
import { actionsBefore } from '../../../src/ledger/actions.ts'
import { boardRoutes, fill } from '../../fixtures/board.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { deploy, every } from '../../fixtures/deployment.ts'
import { startRedis } from '../../fixtures/redis.ts'

const SLOT = Date.UTC(2026, 0, 2, 3, 4, 5)
const schedule: Schedule = {
  ...{ id: 'default/update-engine', engine: 'default', job: 'update-engine', lead: 250 },
  ...{ grid: { interval: 1000, phase: 0 }, revision: 'r' },
}
const tick = { v: 1, kind: 'tick', schedule }
const id = `repeat:${schedule.id}:${SLOT - 250}`

it('names a job by its schedule and slot in UTC, with the date when it is not of today', () => {
  const day = 86_400_000
  onTestFinished(() => void vi.useRealTimers())
  const nameAt = (now: number) => {
    vi.useFakeTimers({ toFake: ['Date'], now })
    return nameOf({ id, data: tick })
  }
  expect(nameAt(SLOT)).toBe('default/update-engine 03:04:05.000')
  for (const now of [SLOT - day, SLOT + day]) {
    expect(nameAt(now)).toBe('default/update-engine 2026-01-02 03:04:05.000')
  }
})

it.each([
  ['what is no tick', { id: '7', name: 'by hand', data: {} }, 'by hand'],
  ['what has no name', {}, ''],
  ['a tick without a slot', { id: '7', name: 'x', data: tick }, 'default/update-engine (no slot)'],
  [
    'a time that is none',
    { id: `repeat:x:${Number.MAX_SAFE_INTEGER}`, name: 'x', data: tick },
    'x',
  ],
])('shows %s as it stands', (_what, job, name) => {
  expect(nameOf(job)).toBe(name)
})

it('says what a job asks for and how it ended in words, and leaves the rest alone', () => {
  expect(readable(tick)).toMatchObject({
    schedule: schedule.id,
    slots: 'every 1 s',
    lead: '250 ms',
  })
  expect(withTime({ verdict: 'failed', slot: SLOT })).toEqual({
    verdict: 'failed',
    slot: '2026-01-02T03:04:05.000Z',
  })
  expect(withTime({ slot: 9e15 })).toEqual({ slot: '9000000000000000' })
  for (const other of [null, 0, 'text', { slot: null }, { some: 'data' }]) {
    expect(readable(other)).toBe(other)
    expect(withTime(other)).toBe(other)
  }
})

it('leads to its pages by a path with a slash, and knows no others', async t => {
  const dashboard = await startDashboard(t, { path: '/ops' })
  expect((await dashboard.get('queues')).headers.get('location')).toBe('/ops/queues/')
  const page = await (await dashboard.get('queues/')).text()
  expect(page).toContain('<base href="/ops/queues/" />')
  expect(page).toContain('<title>hft-scheduler</title>')
  expect(page.match(/(src|href)="(https?:)?\/\//g)).toBe(null)
  // As a proxy asks that has taken the prefix away.
  const bare = await fetch(new URL('/queues/', dashboard.url))
  expect(await bare.text()).toBe(page)
  for (const path of ['queues/nothing', 'queues/api/nothing', 'queues/static/../../package.json']) {
    expect((await dashboard.get(path)).status).toBe(404)
  }
})

it('serves its files wherever the process was started, and wherever it is', async t => {
  const here = process.cwd()
  process.chdir('/')
  t.onTestFinished(() => process.chdir(here))
  const dashboard = await startDashboard(t)
  process.chdir(here)
  const page = await (await dashboard.get('queues/')).text()
  const files = [...page.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => file)
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) {
    const answer = await dashboard.get(`queues/${file}`)
    expect([file, answer.status]).toEqual([file, 200])
    const cache = /\.(js|css)$/.test(file ?? '')
      ? 'private, max-age=31536000, immutable'
      : 'no-store'
    expect(answer.headers.get('cache-control')).toBe(cache)
  }
})

it('answers at once that Redis is out of reach, at its start too, and works when it is back', async t => {
  const redis = await startRedis()
  t.onTestFinished(() => redis.stop())
  await redis.kill9()
  const dashboard = await startDashboard(t, { redisUrl: redis.url, write: true })
  const turnsTo = (status: number) =>
    expect
      .poll(async () => (await dashboard.get('queues/api/queues')).status, { timeout: 10_000 })
      .toBe(status)
  for (let times = 0; times < 2; times += 1) {
    await turnsTo(503)
    const answer = await dashboard.get('queues/api/job-schedulers')
    expect(await answer.json()).toMatchObject({ error: { code: 'redis-unreachable' } })
    const asked = await dashboard.get('queues/api/queues/calls/pause', { method: 'PUT' })
    expect(asked.status).toBeGreaterThanOrEqual(500)
    expect((await dashboard.get('queues/')).status).toBe(200)
    await redis.restart()
    await turnsTo(200)
    await redis.kill9()
  }
})

/** A schedule at work, and somebody who may act. */
async function atWork(t: TestContext) {
  // No slot comes due meanwhile.
  const phase = (Date.now() + 1_800_000) % 3_600_000
  const deployment = await deploy({ schedules: [every(3_600_000, 'update-engine', phase)] })
  t.onTestFinished(() => deployment.close())
  const { events, redis, prefix } = deployment
  const queue = new Queue('calls', { connection: redis, prefix, skipMetasUpdate: true })
  t.onTestFinished(() => queue.close())
  await deployment.producer()
  await deployment.worker()
  const config = deployment.config()
  return { deployment, queue, dashboard: await startDashboard(t, { config, events, write: true }) }
}

it('makes a call by hand of "run now", under the lease and among the runs', async t => {
  const { deployment, dashboard } = await atWork(t)
  const run = deployment.nextRun(run => run.manual === true)
  const path = fill('/api/queues/calls/job-schedulers/:id/run', { id: schedule.id })
  expect((await dashboard.get(path, { method: 'PUT' })).status).toBe(200)
  expect(await run).toMatchObject({ verdict: 'succeeded', schedule: schedule.id, slot: null })
  const { actions } = await actionsBefore(deployment.redis, deployment.keys, { limit: 10 })
  expect(actions).toMatchObject([
    { by: '127.0.0.1', via: 'Bull Board', action: 'trigger', target: schedule.id },
  ])
  const unknown = fill('/api/queues/calls/job-schedulers/:id/run', { id: 'nobody/get-stats' })
  expect((await dashboard.get(unknown, { method: 'PUT' })).status).toBe(404)
})

it('refuses what nothing could repair, with a reason, and keeps the next tick', async t => {
  const { deployment, dashboard, queue } = await atWork(t)
  const [pending] = await queue.getDelayed()
  const jobId = pending?.id ?? ''
  const before = await queue.getJob(jobId)
  for (const [method, path, body] of [
    ['POST', '/api/queues/calls/add', { name: 'one', data: tick, options: { jobId: id } }],
    ['PATCH', '/api/queues/calls/:jobId/update-data', { jobData: { ...tick, schedule: {} } }],
    ['PATCH', '/api/queues/calls/:jobId/delay', { runAt: Date.now() + 1e9 }],
    ['PUT', '/api/queues/calls/:jobId/promote', {}],
    ['PUT', '/api/queues/calls/promote', {}],
    ['PUT', '/api/queues/calls/:jobId/remove-unprocessed-children', {}],
  ] as const) {
    const headers = { 'content-type': 'application/json' }
    const init = { method, headers, body: JSON.stringify(body) }
    const answer = await dashboard.get(fill(path, { jobId }), init)
    expect([path, answer.status]).toEqual([path, 403])
    expect(((await answer.json()) as { message: string }).message).toMatch(/\.$/)
  }
  // Bull Board itself does not let go of the tick that a scheduler waits for.
  const removed = await dashboard.get(fill('/api/queues/calls/:jobId/clean', { jobId }), {
    method: 'PUT',
  })
  expect(removed.status).toBe(400)
  expect((await queue.getJob(jobId))?.asJSON()).toEqual(before?.asJSON())
  const counts = await queue.getJobCounts()
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(1)
  const { actions } = await actionsBefore(deployment.redis, deployment.keys, { limit: 10 })
  expect(actions.map(({ action }) => action)).toEqual(['remove the job'])
})

it('knows of every request of Bull Board that changes something', async t => {
  const dashboard = await startDashboard(t, { write: true })
  for (const { method, path } of boardRoutes.filter(({ method }) => method !== 'GET')) {
    const answer = await dashboard.get(fill(path, { jobId: 'none', schedulerId: 'none' }), {
      method,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const { message } = (await answer.json().catch(() => ({}))) as { message?: unknown }
    if (path.endsWith('/remove-unprocessed-children')) continue
    expect([path, message]).not.toEqual([path, 'This is not known here, so it is refused.'])
  }
})
