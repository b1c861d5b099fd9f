import { once } from 'node:events'
import { afterEach, expect, type TestContext, test, vi } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { QUEUE } from '../../src/jobs.ts'
import { keysOf } from '../../src/ledger/keys.ts'
import { createRedis } from '../../src/redis.ts'
import { Claiming } from '../../src/worker/claiming.ts'
import { dashboardConfig } from '../fixtures/dashboard.ts'

afterEach(() => void vi.useRealTimers())

/** A worker's claiming, of which a test makes every look itself. */
async function setup({ onTestFinished }: TestContext) {
  const engine = { id: 'default', url: '', username: '', password: '', ca: null, schedules: [] }
  const config = { ...dashboardConfig(), concurrency: 2, engines: [engine] }
  const redis = createRedis(config.redis, 'test', createEvents())
  const keys = keysOf(config.redis.prefix)
  let busy = 0
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const claiming = new Claiming({ redis, keys, config, busy: () => busy })
  onTestFinished(() => {
    claiming.stop()
    redis.disconnect()
  })
  await redis.ping()
  claiming.start()
  await redis.ping()
  await new Promise(setImmediate)
  const check = (name: string) => claiming.checks(true).find(check => check.name === name)
  return {
    claiming,
    redis,
    keys,
    check,
    alive: () => check('claims')?.ok,
    key: (name: string) => `${config.redis.prefix}:${QUEUE}:${name}`,
    hold(count: number) {
      busy = count
    },
    /** So many looks, each of them answered; `between` comes before each. */
    async look(count: number, between: (index: number) => unknown = () => {}) {
      for (let index = 0; index < count; index++) {
        await between(index)
        vi.advanceTimersByTime(2000)
        // Answers come in the order of the questions.
        await redis.ping()
        await new Promise(setImmediate)
      }
    },
  }
}

test('is dead when the same tick waits for more than 20 s and nothing is claimed', async t => {
  const { redis, key, look, alive, claiming, check } = await setup(t)
  await redis.lpush(key('wait'), 'a tick')
  await look(11)
  expect(alive()).toBe(true)
  await look(1)
  expect(check('claims')).toEqual({
    ...{ name: 'claims', probe: 'livez', ok: false },
    detail: 'no tick was claimed for 22 s, though ticks wait and there is room',
  })
  claiming.sign()
  await look(1)
  expect(alive()).toBe(true)
})

test('is dead when a delayed tick is overdue that nobody takes', async t => {
  const { redis, key, look, alive } = await setup(t)
  await redis.zadd(key('delayed'), (Date.now() - 11_000) * 4096, 'a tick')
  await look(12)
  expect(alive()).toBe(false)
})

test('is alive while nothing is due', async t => {
  const { redis, key, look, alive } = await setup(t)
  await look(15)
  await redis.zadd(key('delayed'), (Date.now() + 3_600_000) * 4096, 'a tick')
  await look(15)
  await redis.zadd(key('delayed'), (Date.now() - 5000) * 4096, 'due a moment ago')
  await look(12)
  expect(alive()).toBe(true)
})

test('is alive while others take all the ticks', async t => {
  const { redis, key, look, alive } = await setup(t)
  await look(15, async index => {
    await redis.del(key('wait'))
    await redis.lpush(key('wait'), `tick ${index}`)
  })
  expect(alive()).toBe(true)
})

test('is alive with as many calls in flight as it may have', async t => {
  const { redis, key, look, alive, hold } = await setup(t)
  await redis.lpush(key('wait'), 'a tick')
  hold(2)
  await look(15)
  expect(alive()).toBe(true)
  hold(1)
  await look(12)
  expect(alive()).toBe(false)
})

for (const limit of ['paused', 'concurrency', 'max']) {
  test(`is alive while the queue has ${limit} set`, async t => {
    const { redis, key, look, alive } = await setup(t)
    await redis.lpush(key('wait'), 'a tick')
    await redis.hset(key('meta'), limit, 1)
    await look(15)
    expect(alive()).toBe(true)
  })
}

test('is alive while Redis refuses what it is asked', async t => {
  const { redis, key, look, alive } = await setup(t)
  await redis.set(key('wait'), 'no list')
  await look(15)
  expect(alive()).toBe(true)
})

test('counts anew after an outage', async t => {
  const { redis, key, look, alive } = await setup(t)
  await redis.lpush(key('wait'), 'a tick')
  await look(9)
  redis.disconnect()
  await once(redis, 'end')
  vi.advanceTimersByTime(2000)
  await redis.connect()
  await look(10)
  expect(alive()).toBe(true)
})

test('is ready once a schedule of its engines is declared', async t => {
  const { redis, keys, look, check } = await setup(t)
  await redis.hset(keys.schedules, 'other/get-stats', '{}')
  await look(1)
  expect(check('declared')).toMatchObject({ ok: false, detail: 'no schedule is declared in Redis' })
  await redis.hset(keys.schedules, 'default/get-stats', '{}')
  await look(1)
  expect(check('declared')).toMatchObject({ ok: true, detail: 'there are schedules' })
})
