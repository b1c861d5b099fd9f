import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import * as behaviours from '../fixtures/behaviours.ts'
import { startEngine } from '../fixtures/engine.ts'
import { freePort } from '../fixtures/redis.ts'
import { expectTrue, poll, startSystem } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

const PATH = '/update-engine'

test('an engine that misbehaves in every way, one after another: every verdict is true', async () => {
  const system = await startSystem({
    workers: 2,
    env: { SCHEDULER_TIMEOUT: '0.4', SCHEDULER_SETTLE: '0.4' },
  })
  await system.ticking()
  const ways = [
    // Beyond the time-out, and over before the settle time is.
    behaviours.delay(700),
    behaviours.reset,
    behaviours.hangUp,
    behaviours.resetInBody,
    behaviours.cutOff(),
    behaviours.cutOffChunked,
    behaviours.brokenGzip,
    behaviours.drip(5),
    behaviours.huge(3_000_000),
    behaviours.bomb(20_000_000),
    behaviours.notJson,
    behaviours.redirect,
    behaviours.answer(202),
    behaviours.answer(204),
    behaviours.answer(408),
    behaviours.answer(429, '', { 'retry-after': 1 }),
    behaviours.answer(500),
    behaviours.answer(502),
    behaviours.unavailable(1),
    behaviours.answer(504),
  ]
  for (const way of ways) {
    system.engine.behave(PATH, way, 1)
    await system.ticking()
  }
  const runs = await expectTrue(system)
  const verdicts = new Set(runs.map(({ verdict }) => verdict))
  // A busy machine's, and none of the engine's.
  verdicts.delete('missed')
  expect([...verdicts].sort()).toEqual(['failed', 'skipped', 'succeeded', 'unknown'])
})

test('an engine restarted with a new secret: one new login, no slot lost', async () => {
  // Slots so far apart that no busy machine misses one.
  const system = await startSystem({ env: { SCHEDULER_INTERVAL: '3' } })
  const first = await system.ticking()
  const logins = system.engine.logins
  system.engine.newSecret()
  await system.ticking()
  await system.ticking()
  expect(system.engine.logins).toBe(logins + 1)
  const runs = await expectTrue(system)
  const since = runs.filter(({ slot }) => (slot ?? 0) >= (first.slot ?? 0))
  expect(since.filter(({ verdict }) => verdict !== 'succeeded')).toEqual([])
})

test('an engine whose clock is an hour off: tokens are used for their life all the same', async () => {
  const system = await startSystem({ engine: { clockSkew: -3_600_000, tokenLife: 5000 } })
  const begin = Date.now()
  // One for each life of a token, renewed well before its end, and not one for each call.
  const most = () => 2 + 2 * Math.ceil((Date.now() - begin) / 5000)
  await system.ticking()
  await sleep(6000)
  await poll(async () => system.called().length > 2 * most())
  await system.ticking()
  await expectTrue(system)
  expect(system.engine.logins + system.engine.refreshes).toBeLessThanOrEqual(most())
})

test('an engine stopped and started: its slots say so, then ticks resume', async () => {
  const system = await startSystem()
  await system.ticking()
  system.engine.stop()
  await poll(async () => (await system.runs()).some(run => run.verdict === 'engine-stopped'))
  system.engine.start()
  await system.ticking()
  await expectTrue(system)
})

test('an engine that is gone and comes back on its port', async () => {
  const system = await startSystem({ engine: { port: await freePort() } })
  await system.ticking()
  await expectTrue(system)
  const { port, username, password } = system.engine
  await system.engine.close()
  await poll(async () => (await system.runs()).some(({ reason }) => reason === 'refused'))
  const again = await startEngine({ port, username, password })
  await again.waitFor(() => again.count(PATH) > 2, 60_000)
  await again.close()
})
