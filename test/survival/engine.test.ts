import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import * as behaviours from '../fixtures/behaviours.ts'
import { startEngine } from '../fixtures/engine.ts'
import { expectTrue, poll, startSystem } from './system.ts'

vi.setConfig({ testTimeout: 120_000 })

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
    behaviours.unavailable(1),
    behaviours.answer(500),
    behaviours.answer(504),
  ]
  for (const way of ways) {
    system.engine.behave(PATH, way, 1)
    await system.ticking()
  }
  const runs = await expectTrue(system)
  const verdicts = new Set(runs.map(({ verdict }) => verdict))
  expect([...verdicts].sort()).toEqual(['failed', 'skipped', 'succeeded', 'unknown'])
})

test('an engine restarted with a new secret: one new login, no slot lost', async () => {
  const system = await startSystem()
  await system.ticking()
  const logins = system.engine.logins
  system.engine.newSecret()
  await system.ticking()
  await system.ticking()
  expect(system.engine.logins).toBe(logins + 1)
  const runs = await expectTrue(system)
  expect(runs.filter(({ verdict }) => verdict !== 'succeeded')).toEqual([])
})

test('an engine whose clock is an hour off: tokens are used for their life all the same', async () => {
  const system = await startSystem({ engine: { clockSkew: -3_600_000, tokenLife: 5000 } })
  await system.ticking()
  await sleep(6000)
  await system.ticking()
  const runs = await expectTrue(system)
  expect(runs.filter(({ verdict }) => verdict === 'succeeded').length).toBeGreaterThan(10)
  expect(system.engine.logins + system.engine.refreshes).toBeLessThan(8)
})

test('an engine stopped and started: its slots say so, then ticks resume', async () => {
  const system = await startSystem()
  await system.ticking()
  system.engine.stop()
  await sleep(2000)
  system.engine.start()
  await system.ticking()
  const runs = await expectTrue(system)
  expect(runs.map(({ verdict }) => verdict)).toContain('engine-stopped')
})

test('an engine that is gone and comes back on its port', async () => {
  const system = await startSystem()
  await system.ticking()
  await expectTrue(system)
  const { port, username, password } = system.engine
  await system.engine.close()
  await poll(async () => (await system.runs()).some(({ reason }) => reason === 'refused'))
  const again = await startEngine({ port, username, password })
  await again.waitFor(() => again.count(PATH) > 2)
  await again.close()
})
