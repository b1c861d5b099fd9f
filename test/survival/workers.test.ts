import { expect, test, vi } from 'vitest'
import * as behaviours from '../fixtures/behaviours.ts'
import { crash, expectTrue, poll, startSystem, UPDATE } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

test('a worker killed while it holds: the next slot is on time on another', async () => {
  const system = await startSystem({
    workers: 2,
    env: { SCHEDULER_INTERVAL: '3', SCHEDULER_LEAD: '1' },
  })
  await system.ticking()
  // Who holds the tick of the next slot is known from BullMQ: kill that one before it asks for the lease.
  const [id] = await poll(async () => {
    const active = await system.redis.lrange('{hft-scheduler}:calls:active', 0, -1)
    return active.length > 0 && active
  })
  const holder = await system.redis.hget(`{hft-scheduler}:calls:${id}`, 'pb')
  const victim = system.workers[Number(holder?.split('-')[1]) - 2]
  await crash(victim)
  const slot = Math.ceil(Date.now() / 3000) * 3000
  const run = await poll(async () =>
    (await system.runs()).find(run => run.verdict === 'succeeded' && (run.slot ?? 0) > slot),
  )
  expect(run.slot).toBe(slot + 3000)
  // Not by the claim's end of life, which takes seconds.
  expect(run.latenessMs).toBeLessThan(1500)
  await system.closedUpTo(slot + 3000)
  await expectTrue(system)
})

test('a worker killed right after sending: the slot is unknown, and nobody calls meanwhile', async () => {
  const system = await startSystem({ workers: 2, env: { SCHEDULER_TIMEOUT: '6' } })
  const run = await system.ticking()
  system.engine.behave('/update-engine', behaviours.delay(5000), 1)
  const before = system.called().length
  await system.engine.waitFor(() => system.called().length > before)
  const slot = system.called().at(-1) ?? 0
  const lease = await system.redis.hget(system.keys.lease(UPDATE), 'worker')
  await crash(system.workers[Number.parseInt(lease?.split('-')[1] ?? '', 10) - 2])
  await system.ticking()
  await system.closedUpTo(slot)
  const runs = await expectTrue(system)
  expect(runs.find(run => run.slot === slot)).toMatchObject({
    verdict: 'unknown',
    reason: 'worker-lost',
  })
  expect(run.verdict).toBe('succeeded')
})

test('a worker stopped for longer than its lock and lease neither sends nor overwrites', async () => {
  const system = await startSystem({
    workers: 2,
    env: { SCHEDULER_TIMEOUT: '0.5', SCHEDULER_SETTLE: '0.5' },
  })
  await system.ticking()
  const [zombie] = system.workers
  zombie?.kill('SIGSTOP')
  const from = Date.now()
  await poll(
    async () => (await system.runs()).find(run => (run.slot ?? 0) > from + 20_000),
    120_000,
  )
  zombie?.kill('SIGCONT')
  await system.ticking()
  await system.ticking()
  await expectTrue(system)
})

test('a worker whose event loop stands still for seconds does no harm', async () => {
  const system = await startSystem({ workers: 2 })
  await system.ticking()
  for (const worker of system.workers) {
    worker.kill('SIGSTOP')
    const from = Date.now()
    await poll(async () => Date.now() > from + 3000)
    worker.kill('SIGCONT')
  }
  await system.ticking()
  await expectTrue(system)
})

test('all workers down: exactly those slots are missed', async () => {
  const system = await startSystem()
  await system.ticking()
  await crash(system.workers[0])
  const from = system.called().at(-1) ?? 0
  await system.closedUpTo(from + 5000)
  system.start('worker')
  await system.ticking()
  const runs = await expectTrue(system)
  const missed = runs.filter(({ verdict }) => verdict === 'missed')
  expect(missed.length).toBeGreaterThanOrEqual(8)
})

test('all producers down: ticks go on, and the books are closed when one is back', async () => {
  // Slots so far apart that no busy machine misses one.
  const system = await startSystem({ env: { SCHEDULER_INTERVAL: '3' } })
  const first = await system.ticking()
  await crash(system.producers[0])
  const from = Date.now()
  await poll(async () => (system.called().at(-1) ?? 0) > from + 9000)
  system.start('producer')
  const runs = await expectTrue(system)
  const since = runs.filter(({ slot }) => (slot ?? 0) >= (first.slot ?? 0))
  expect(since.length).toBeGreaterThan(3)
  expect(since.filter(({ verdict }) => verdict !== 'succeeded')).toEqual([])
})
