import { expect, test, vi } from 'vitest'
import { startSentinel } from '../fixtures/sentinel.ts'
import { expectTrue, startSystem } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

test('a replica promoted by Sentinel while ticks run: back within seconds of the promotion', async () => {
  const { master, port, promoted } = await startSentinel()
  const sentinel = { nodes: [{ host: '127.0.0.1', port }], name: 'trading', password: null }
  // The host of the URL does not count; nothing listens there.
  const redis = { url: 'redis://127.0.0.1:1', ca: null, sentinel }
  const env = { REDIS_SENTINELS: `127.0.0.1:${port}`, REDIS_SENTINEL_NAME: sentinel.name }
  const system = await startSystem({ redis, env, workers: 2 })
  await system.ticking()
  await system.ticking()
  await master.kill9()
  await promoted()
  const at = Date.now()
  const run = await system.ticking()
  expect(run.at - at).toBeLessThan(30_000)
  await system.ticking()
  await expectTrue(system)
})
