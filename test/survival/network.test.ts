import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Run } from '../../src/ledger/run.ts'
import type { CliProcess } from '../fixtures/cli.ts'
import { startProxy } from '../fixtures/proxy.ts'
import { expectTrue, poll, type System, startSystem, UPDATE } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

/** A worker whose way to Redis leads through a proxy. */
async function behindProxy(system: System) {
  const proxy = await startProxy({ port: system.redisServer.port })
  onTestFinished(() => proxy.close())
  const url = `redis://127.0.0.1:${proxy.port}`
  const worker: CliProcess = system.start('worker', { REDIS_URL: url })
  await worker.event('started')
  return { proxy, worker }
}

test('a worker that is cut off from Redis sends nothing, and another takes over', async () => {
  const system = await startSystem({ workers: 0 })
  const { proxy, worker } = await behindProxy(system)
  await system.ticking()
  proxy.blackHole(true)
  await sleep(1500)
  const cutOff = system.called().length
  await sleep(4000)
  expect(system.called().length).toBe(cutOff)
  system.start('worker')
  await system.ticking()
  proxy.blackHole(false)
  await system.ticking()
  await expectTrue(system)
  expect((await worker.end()).code).toBe(0)
})

test('a slow way to Redis: the worker asks earlier, and is on time again', async () => {
  // The lead is long enough for what a claim asks of such a Redis.
  const env = { SCHEDULER_INTERVAL: '2', SCHEDULER_LEAD: '1' }
  const system = await startSystem({ workers: 0, env })
  const { proxy } = await behindProxy(system)
  await system.ticking()
  // An answer takes 50 ms: who asks 25 ms before the slot, as in a fast network, is 25 ms late.
  proxy.slow(25)
  const from = Date.now()
  const later = await poll(async () => {
    const fits = (run: Run) => (run.slot ?? 0) > from + 25_000 && run.verdict === 'succeeded'
    const runs = (await system.runs()).filter(fits)
    return runs.length >= 7 && runs
  }, 120_000)
  const lateness = later.map(({ latenessMs }) => latenessMs ?? 0).sort((a, b) => a - b)
  // The median of them: on a busy machine single ones are late for other reasons.
  expect(lateness[3]).toBeLessThan(20)
  await expectTrue(system)
})

test('connections cut again and again: no call twice, none forgotten', async () => {
  const system = await startSystem({ workers: 0 })
  const first = await behindProxy(system)
  const second = await behindProxy(system)
  await system.ticking()
  for (let round = 0; round < 30; round++) {
    const { proxy } = round % 2 === 0 ? first : second
    proxy.cut()
    await sleep(200 + round * 7)
  }
  await system.ticking()
  await system.ticking()
  await expectTrue(system)
})

test('all clients killed and all scripts forgotten by Redis: ticks go on', async () => {
  const system = await startSystem({ workers: 2 })
  await system.ticking()
  for (let round = 0; round < 10; round++) {
    await system.redis.script('FLUSH')
    await system.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await sleep(300)
  }
  await system.ticking(UPDATE)
  await system.ticking(UPDATE)
  await expectTrue(system)
})
