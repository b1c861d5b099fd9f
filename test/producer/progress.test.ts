import { afterEach, expect, type TestContext, test, vi } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { Progress } from '../../src/producer/progress.ts'
import { createRedis } from '../../src/redis.ts'
import { dashboardConfig } from '../fixtures/dashboard.ts'

afterEach(() => void vi.useRealTimers())

async function setup({ onTestFinished }: TestContext) {
  const redis = createRedis(dashboardConfig().redis, 'test', createEvents())
  await redis.ping()
  const warnings: unknown[] = []
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const progress = new Progress({ redis, warn: error => warnings.push(error) })
  onTestFinished(() => {
    progress.stop()
    redis.disconnect()
  })
  progress.start()
  return {
    progress,
    redis,
    warnings,
    rounds: () => progress.checks(true, 0).find(({ name }) => name === 'rounds'),
  }
}

test('is dead when a round takes more than 20 s though Redis is there', async t => {
  const { progress, rounds } = await setup(t)
  let end = () => {}
  const made = progress.made(() => new Promise<void>(resolve => (end = resolve)))
  vi.advanceTimersByTime(22_000)
  expect(rounds()?.ok).toBe(true)
  vi.advanceTimersByTime(2000)
  expect(rounds()).toMatchObject({ ok: false, detail: 'nothing was verified for 22 s' })
  end()
  expect(await made).toBe(true)
  vi.advanceTimersByTime(2000)
  expect(rounds()?.ok).toBe(true)
})

test('is alive in a long round that gets on', async t => {
  const { progress, rounds } = await setup(t)
  let end = () => {}
  const made = progress.made(() => new Promise<void>(resolve => (end = resolve)))
  for (let second = 0; second < 60; second += 10) {
    vi.advanceTimersByTime(10_000)
    progress.stepped()
  }
  expect(rounds()?.ok).toBe(true)
  end()
  await made
})

test('is alive while Redis refuses everything, and passes on what it says', async t => {
  const { progress, rounds, warnings } = await setup(t)
  const refusal = new Error('OOM command not allowed')
  for (let round = 0; round < 15; round++) {
    expect(await progress.made(() => Promise.reject(refusal))).toBe(false)
    vi.advanceTimersByTime(2000)
  }
  expect(rounds()?.ok).toBe(true)
  expect(warnings).toHaveLength(15)
})

test('is alive while Redis is out of reach', async t => {
  const { progress, redis, rounds } = await setup(t)
  redis.disconnect()
  await expect.poll(() => redis.status).toBe('end')
  vi.advanceTimersByTime(60_000)
  expect(rounds()?.ok).toBe(true)
  expect(progress.checks(true, 0)).toContainEqual({
    ...{ name: 'redis', probe: 'readyz', ok: false, detail: 'out of reach' },
  })
})

test('is not ready before the schedules are declared', async t => {
  const { progress } = await setup(t)
  const declared = () => progress.checks(false, 0).find(({ name }) => name === 'declared')
  expect(declared()).toMatchObject({ ok: false, probe: 'readyz' })
})
