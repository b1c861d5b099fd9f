import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import * as behaviours from '../fixtures/behaviours.ts'
import { expectTrue, poll, STATS, startSystem, UPDATE } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

const CHAIN = '{hft-scheduler}:calls:'

test('FLUSHALL: ticks are back within seconds, what was paused stays paused', async () => {
  const system = await startSystem({
    env: { SCHEDULER_JOBS: 'update-engine,get-stats' },
    workers: 2,
  })
  await system.ticking()
  await system.place.run(['pause', 'default/get-stats', '--reason', 'test'], system.env)
  // The second round that closes has looked at what is paused after that.
  await system.closedUpTo(Date.now())
  await system.closedUpTo(Date.now())
  await system.redis.flushall()
  const lost = Date.now()
  // A call that had its lease before the loss is still made, and recorded before anything is back.
  await poll(() => system.redis.exists(system.keys.schedules))
  expect(Object.keys(await system.redis.hgetall(system.keys.paused))).toEqual(['default/get-stats'])
  const run = await system.ticking()
  expect(run.at - lost).toBeLessThan(15_000)
  const books = await system.books()
  expect(books?.unaccounted).toBe(0)
  await system.closedUpTo(run.slot ?? 0)
  const unknown = (await system.runs()).filter(({ reason }) => reason === 'ledger-lost')
  expect(unknown.length).toBeGreaterThan(0)
  await system.ticking()
  expect(system.called(STATS).filter(slot => slot > (run.slot ?? 0))).toEqual([])
})

test('FLUSHALL while a call is under way: no other call until it is over', async () => {
  const system = await startSystem({
    env: { SCHEDULER_TIMEOUT: '10', SCHEDULER_SETTLE: '1' },
    workers: 3,
  })
  await system.ticking()
  for (let round = 0; round < 3; round++) {
    system.engine.behave('/update-engine', behaviours.delay(6000), 1)
    const before = system.called().length
    await system.engine.waitFor(() => system.called().length > before)
    await sleep(round * 150)
    await system.redis.flushall()
    await system.ticking()
  }
  expect(system.engine.maxInFlight('/update-engine')).toBe(1)
  const slots = system.called()
  expect(new Set(slots).size).toBe(slots.length)
})

test('the lease of a call under way deleted: put back before the next slot takes it', async () => {
  const system = await startSystem({
    env: { SCHEDULER_TIMEOUT: '10', SCHEDULER_INTERVAL: '1' },
    workers: 2,
  })
  await system.ticking()
  system.engine.behave('/update-engine', behaviours.delay(4000), 1)
  const before = system.called().length
  await system.engine.waitFor(() => system.called().length > before)
  await system.redis.del(system.keys.lease(UPDATE))
  await system.ticking()
  await expectTrue(system)
})

test('every single key of the chain deleted, one after another: ticks go on', async () => {
  const system = await startSystem({ workers: 2 })
  await system.ticking()
  const { redis, keys } = system
  const bullmq = ['repeat', `repeat:${UPDATE}`, 'delayed', 'marker', 'meta', 'events', 'id', 'wait']
  const pending = async () => {
    const [tick] = await redis.zrangebyscore(`${CHAIN}delayed`, '-inf', '+inf')
    return `${CHAIN}${tick}`
  }
  const ours = [keys.schedules, keys.declaration, keys.books(UPDATE), keys.processes]
  for (const key of [...bullmq.map(name => CHAIN + name), await pending(), ...ours]) {
    await redis.del(key.startsWith(`${CHAIN}repeat:${UPDATE}:`) ? await pending() : key)
    await system.ticking(UPDATE, 20_000).catch(() => expect(key).toBe('survived'))
  }
  await expectTrue(system)
})

test('a queue that is emptied again and again does not stop', async () => {
  const system = await startSystem({ workers: 2 })
  await system.ticking()
  for (let round = 0; round < 3; round++) {
    await poll(async () => {
      await system.redis.del(`${CHAIN}wait`, `${CHAIN}delayed`, `${CHAIN}marker`)
      return true
    })
    await system.ticking(UPDATE, 20_000)
  }
  await expectTrue(system)
})
