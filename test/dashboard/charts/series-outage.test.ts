import { expect, it, vi } from 'vitest'
import type { StatsView } from '../../../src/dashboard/views.ts'
import { openBooks } from '../../fixtures/books.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { startRedis } from '../../fixtures/redis.ts'
import { CALLS, STATS } from '../../fixtures/series.ts'

it('says that Redis is out of reach, and shows what it had read when it is back', async t => {
  const redis = await startRedis({ args: ['--appendonly', 'yes'] })
  t.onTestFinished(() => redis.stop())
  const books = openBooks({ redis: redis.url })
  t.onTestFinished(() => books.redis.disconnect())
  await books.declare()
  await books.record({ slot: Date.now() }, { n: 1 })
  const { get } = await startDashboard(t, { prefix: books.prefix, redisUrl: redis.url })
  const total = async () => ((await (await get(STATS)).json()) as StatsView).total
  expect(await total()).toBe(1)
  await redis.kill9()
  for (const path of [STATS, CALLS, `${STATS}.csv`, `${CALLS}.csv`]) {
    const response = await get(path)
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { error: { code: 'redis-unreachable' } },
    ])
  }
  await redis.restart()
  await vi.waitFor(async () => expect(await total()).toBe(1), 15_000)
}, 60_000)
