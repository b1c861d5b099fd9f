import { afterEach, beforeEach, expect, test } from 'vitest'
import * as behaviours from '../fixtures/behaviours.ts'
import {
  type Deployment,
  type DeploymentOptions,
  deploy,
  every,
  soon,
} from '../fixtures/deployment.ts'

/**
 * Every row of the classification table, over real HTTP, through the queue and into the ledger.
 * Most tests ask for one run, and have all the time for it; those that need what comes after it have
 * slots every second, and a timeout short enough to be waited for.
 */
let deployment: Deployment
const retry = { attempts: 3, backoff: 50 }
const everySecond: DeploymentOptions = {
  schedules: [every(1000), every(1000, 'get-stats', 500)],
  timing: { timeout: 1500, settle: 400 },
  retry,
}

beforeEach(async () => {
  deployment = await deploy({ schedules: [soon(), soon('get-stats', 2000)], retry })
})
afterEach(() => deployment.close())

async function firstRun(
  job: 'update-engine' | 'get-stats' = 'update-engine',
  change?: DeploymentOptions,
) {
  // On a busy machine the first slot may come before the worker does; a call that lasts has others
  // skipped before its own verdict.
  const uncalled = new Set(['missed', 'skipped'])
  const run = deployment.nextRun(run => run.job === job && !uncalled.has(run.verdict))
  await deployment.producer('producer', change)
  await deployment.worker('worker', change)
  return run
}

const UPDATE = '/update-engine'

test('a 200 with the contract succeeds and feeds the stats history', async () => {
  const run = await firstRun('get-stats')
  expect(run).toMatchObject({ verdict: 'succeeded', reason: null, status: 200, attempts: 1 })
  expect(run.latenessMs).toBeGreaterThanOrEqual(0)
  expect(await deployment.redis.xlen(deployment.keys.stats('default'))).toBeGreaterThan(0)
})

test('a stopped engine ends the run without a retry', async () => {
  deployment.engine.stop()
  const run = await firstRun()
  expect(run).toMatchObject({ verdict: 'engine-stopped', status: 404, attempts: 1 })
  expect(deployment.engine.count(UPDATE)).toBe(1)
})

test.each([
  ['401', behaviours.expired],
  ['422', behaviours.forged],
])('a token refused with %s means one login and the same call at once', async (_name, refusal) => {
  deployment.engine.behave(UPDATE, refusal, 1)
  const run = await firstRun()
  expect(run).toMatchObject({ verdict: 'succeeded', attempts: 1 })
  expect(deployment.engine.logins).toBe(2)
  expect(deployment.engine.count(UPDATE)).toBe(2)
})

test('a second refusal of a fresh token is permanent', async () => {
  deployment.engine.behave(UPDATE, behaviours.expired, 2)
  expect(await firstRun()).toMatchObject({ verdict: 'failed', attempts: 1 })
  expect(deployment.engine.count(UPDATE)).toBe(2)
})

test('a refused login fails the run, makes no call and does not hammer', async () => {
  deployment.engine.setPassword('another')
  const run = await firstRun('update-engine', everySecond)
  expect(run).toMatchObject({ verdict: 'failed', reason: 'login-refused', latenessMs: null })
  await deployment.nextRun()
  await deployment.nextRun()
  expect(deployment.engine.count(UPDATE)).toBe(0)
  const logins = deployment.engine.arrivals.filter(({ path }) => path === '/login')
  const pauses = logins.slice(1).map(({ at }, index) => at - (logins[index]?.at ?? 0))
  // However many there was time for: a second after the first one, two after the second.
  for (const [index, ms] of pauses.entries()) expect(ms).toBeGreaterThanOrEqual(1000 * 2 ** index)
})

test.each([
  ['400', behaviours.answer(400)],
  ['403', behaviours.answer(403)],
  ['404 of the route', behaviours.answer(404, '<h1>Not Found</h1>')],
  ['302', behaviours.redirect],
])('%s is permanent: failed without a retry', async (_name, behaviour) => {
  deployment.engine.behave(UPDATE, behaviour)
  expect(await firstRun()).toMatchObject({ verdict: 'failed', attempts: 1 })
  expect(deployment.engine.count(UPDATE)).toBe(1)
})

test('attempts that all fail end in failed', async () => {
  deployment.engine.behave(UPDATE, behaviours.answer(429))
  const run = await firstRun()
  expect(run).toMatchObject({ verdict: 'failed', reason: 'http-429', status: 429, attempts: 3 })
})

test('a Retry-After beyond the next slot ends the run: the newest slot wins', async () => {
  deployment.engine.behave(UPDATE, behaviours.answer(429, '', { 'retry-after': 30 }))
  const run = await firstRun()
  expect(run).toMatchObject({ verdict: 'failed', attempts: 1 })
})

test('an engine that refuses connections is tried again', async () => {
  // The token is there; then the port is closed.
  await firstRun('get-stats', {
    schedules: [soon('get-stats'), soon('update-engine', 3000)],
    retry,
  })
  const url = new URL(deployment.engine.url)
  await deployment.engine.close()
  const run = await deployment.nextRun(
    run => run.verdict === 'failed' && run.job === 'update-engine',
  )
  expect(run).toMatchObject({ reason: 'refused', status: null, attempts: 3 })
  expect(url.port).not.toBe('')
})

test.each([
  ['a time-out after sending', behaviours.hang, 'time-out'],
  ['a reset', behaviours.reset, 'reset'],
  ['a cut-off answer', behaviours.cutOff(), 'cut-off'],
  ['202', behaviours.answer(202), 'contract'],
  ['408', behaviours.answer(408), 'http-408'],
  ['425', behaviours.answer(425), 'http-425'],
  ['502', behaviours.answer(502), 'http-502'],
  ['503', behaviours.unavailable(), 'http-503'],
  ['504', behaviours.answer(504), 'http-504'],
  ['520', behaviours.answer(520), 'http-520'],
])(
  '%s of update-engine is unknown, never repeated, and keeps the lease',
  async (_name, behaviour, reason) => {
    deployment.engine.behave(UPDATE, behaviour, 1)
    const run = await firstRun('update-engine', everySecond)
    expect(run).toMatchObject({ verdict: 'unknown', reason, attempts: 1 })
    const [own] = deployment.engine.arrivals.filter(arrival => arrival.path === UPDATE)
    const next = await deployment.nextRun(
      ({ job, verdict }) => job === 'update-engine' && verdict !== 'missed',
    )
    expect(next).toMatchObject({ verdict: 'skipped', reason: 'overlap' })
    const after = await deployment.nextRun(
      ({ job, verdict }) => job === 'update-engine' && verdict === 'succeeded',
    )
    expect((after.slot ?? 0) - (run.slot ?? 0)).toBeGreaterThanOrEqual(1900)
    const again = deployment.engine.arrivals.filter(
      ({ headers }) => headers['idempotency-key'] === own?.headers['idempotency-key'],
    )
    expect(again).toHaveLength(1)
  },
)

test('a lost answer of get-stats is just asked for again', async () => {
  deployment.engine.behave('/stats', behaviours.reset, 1)
  expect(await firstRun('get-stats')).toMatchObject({ verdict: 'succeeded', attempts: 2 })
})
