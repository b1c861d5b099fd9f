import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ActionsView, RunsView } from '../../../src/dashboard/views.ts'
import { pauses } from '../../../src/ledger/pauses.ts'
import { delay } from '../../fixtures/behaviours.ts'
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts'
import { type Deployment, deploy, every } from '../../fixtures/deployment.ts'

const schedule = 'default/update-engine'
const day = 86_400_000

let deployment: Deployment
let dashboard: TestDashboard
beforeEach(async () => {
  // No slot comes due: every call there is was made by hand.
  const phase = (Date.now() + day / 2) % day
  const timing = { timeout: 3000, settle: 1000 }
  const schedules = [every(day, 'update-engine', phase), every(day, 'get-stats', phase)]
  deployment = await deploy({ schedules, timing })
  await deployment.producer()
  dashboard = await startDashboard(null, { config: deployment.config(), write: true })
})
afterEach(async () => {
  await dashboard.close()
  await deployment.close()
})

async function act(body: unknown, on = dashboard) {
  const headers = { 'content-type': 'application/json' }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await on.get('api/actions', { method: 'POST', headers, body: text })
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  return { status: response.status, body: (await response.json()) as any }
}
const actions = async (query = '') =>
  (await (await dashboard.get(`api/actions${query}`)).json()) as ActionsView
const paused = () => pauses(deployment.redis, deployment.keys)
const calls = () => deployment.engine.count('/update-engine')

it('pauses and resumes, and says who wanted it and why', async () => {
  const first = await act({ action: 'pause', target: 'default', reason: ' a gas spike ' })
  expect(first).toEqual({ status: 200, body: { id: expect.any(String), remarks: [] } })
  expect([...(await paused())]).toEqual([
    ['default', { reason: 'a gas spike', since: expect.any(Number), by: '127.0.0.1' }],
  ])
  await act({ action: 'pause', target: schedule, reason: 'another' })
  const again = await act({ action: 'pause', target: schedule, reason: 'a third' })
  expect(again.body.remarks).toEqual(['it was paused already: the reason is another now'])
  const resumed = await act({ action: 'resume', target: schedule })
  expect(resumed.body.remarks).toEqual(['its engine default is still paused (a gas spike)'])
  await act({ action: 'pause', target: schedule, reason: 'a fourth' })
  const whole = await act({ action: 'resume', target: 'default', reason: 'over' })
  expect(whole.body.remarks).toEqual([`${schedule} stays paused (a fourth)`])
  expect((await act({ action: 'resume', target: 'default' })).body.remarks[0]).toBe(
    'it was not paused',
  )
  const page = await actions('?limit=2')
  const by = { by: '127.0.0.1', via: 'dashboard', action: 'resume', target: 'default' }
  expect(page.actions).toMatchObject([
    { ...by, reason: '' },
    { ...by, id: whole.body.id, reason: 'over' },
  ])
  const older = await actions(`?limit=500&cursor=${page.next}`)
  expect(older.actions.map(({ reason }) => reason)).toEqual([
    'a fourth',
    '',
    'a third',
    'another',
    'a gas spike',
  ])
  expect(older.next).toBeNull()
})

it('makes a call by hand, whose run carries the id of the request', async () => {
  await deployment.worker()
  const run = deployment.nextRun()
  const { status, body } = await act({ action: 'trigger', target: schedule, reason: 'to see' })
  expect([status, body]).toEqual([202, { id: expect.any(String), remarks: [] }])
  expect(await run).toMatchObject({ verdict: 'succeeded', manual: true, request: body.id })
  expect((await actions()).actions).toMatchObject([
    { by: '127.0.0.1', via: 'dashboard', action: 'trigger', target: schedule, reason: 'to see' },
  ])
  const ledger = (await (await dashboard.get('api/runs')).json()) as RunsView
  const at = (await actions()).actions[0]?.at
  expect(ledger.runs[0]).toMatchObject({ request: body.id, asked: at, key: `m${at}` })
})

it('makes every call that is asked for, though they come at once', async () => {
  await deployment.worker()
  const requests = new Set<string>()
  const all = deployment.nextRun(run => requests.add(run.request ?? '').size === 5)
  const target = 'default/get-stats'
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => act({ action: 'trigger', target })),
  )
  await all
  expect(requests).toEqual(new Set(answers.map(({ body }) => body.id)))
})

it('says that no worker is there, and that a pause does not hold a call by hand up', async () => {
  await act({ action: 'pause', target: 'default', reason: 'a gas spike' })
  const { body } = await act({ action: 'trigger', target: schedule })
  expect(body.remarks).toEqual([
    'default is paused (a gas spike); a call by hand is made all the same',
    'no worker is alive: waiting for one',
  ])
  deployment.engine.behave('/update-engine', delay(1), 1)
  const run = deployment.nextRun()
  await deployment.worker()
  expect(await run).toMatchObject({ request: body.id, verdict: 'succeeded' })
  expect(calls()).toBe(1)
})

it('says everything that is wrong with a wish', async () => {
  const wrong = async (body: unknown) => {
    const answer = await act(body)
    expect([answer.status, answer.body.error.code]).toEqual([400, 'bad-request'])
    return answer.body.error.message
  }
  expect(await wrong('{')).toContain('expected object')
  expect(await wrong([])).toContain('expected object')
  expect(await wrong({ action: 'sell', target: 5, reason: [] })).toMatch(
    /^action: .*"pause".*; target: .*string.*; reason: .*string/,
  )
  expect(await wrong({ action: 'pause', target: 'default' })).toBe(
    'reason: expected why, for everybody to see',
  )
  expect(await wrong({ action: 'resume', target: 'default', reason: 'x'.repeat(201) })).toBe(
    'reason: expected at most 200 characters, got 201',
  )
  expect(await wrong({ action: 'trigger', target: 'default', reason: 'a\u001b[2J' })).toBe(
    'reason: expected no control characters',
  )
  expect(await wrong({ action: '__proto__', target: 'default' })).toContain('action')
  expect((await dashboard.get('api/actions?limit=0&cursor=x')).status).toBe(400)
  expect((await dashboard.get('api/actions?cursor=0-0')).status).toBe(400)
  expect((await dashboard.get('api/actions?limits=5')).status).toBe(400)
  expect([...(await paused())]).toEqual([])
})

it('names what there is for an unknown target', async () => {
  const unknown = async (action: string, target: string) => {
    const { status, body } = await act({ action, target, reason: 'why' })
    expect([status, body.error.code]).toEqual([404, 'not-found'])
    return body.error.message
  }
  for (const action of ['pause', 'resume']) {
    expect(await unknown(action, 'nine')).toBe(
      'There is no schedule or engine "nine"; ' +
        `there is: default, default/get-stats, ${schedule}`,
    )
  }
  expect(await unknown('trigger', 'default')).toContain(
    'There is no schedule "default"; there is: ',
  )
  expect((await actions()).actions).toEqual([])
})

it('resumes what is declared no more', async () => {
  await deployment.redis.hset(deployment.keys.paused, 'removed/get-stats', '{}')
  expect((await act({ action: 'resume', target: 'removed/get-stats' })).status).toBe(200)
  expect([...(await paused())]).toEqual([])
})

it('does nothing where it may not write', async () => {
  const readOnly = await startDashboard(null, { config: deployment.config() })
  try {
    const { status, body } = await act(
      { action: 'pause', target: 'default', reason: 'x' },
      readOnly,
    )
    expect([status, body.error.code]).toEqual([403, 'read-only'])
    expect(body.error.message).toContain('--dashboard-write')
    expect((await paused()).size).toBe(0)
    expect(await (await readOnly.get('api/actions')).json()).toEqual({ actions: [], next: null })
  } finally {
    await readOnly.close()
  }
})
