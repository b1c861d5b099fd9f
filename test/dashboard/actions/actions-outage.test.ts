import { expect, it, type TestContext } from 'vitest'
import { actionsBefore } from '../../../src/ledger/actions.ts'
import { openBooks } from '../../fixtures/books.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { startRedis } from '../../fixtures/redis.ts'

const wishes = [
  { action: 'pause', target: 'default', reason: 'a test' },
  { action: 'resume', target: 'default' },
  { action: 'trigger', target: 'default/update-engine' },
]

async function setup(t: TestContext) {
  const redis = await startRedis()
  t.onTestFinished(() => redis.stop())
  const books = openBooks({ redis: redis.url })
  t.onTestFinished(() => void books.redis.disconnect())
  await books.declare()
  const { prefix } = books
  const dashboard = await startDashboard(t, { prefix, redisUrl: redis.url, write: true })
  const act = async (wish: object) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(wish)
    const response = await dashboard.get('api/actions', { method: 'POST', headers, body })
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    return { status: response.status, error }
  }
  return { redis, books, act }
}

it('says whether it may have been done when Redis refuses it, or does not answer', async t => {
  const { redis, books, act } = await setup(t)
  await books.redis.config('SET', 'maxmemory', '1')
  for (const wish of wishes) {
    const { status, error } = await act(wish)
    expect([wish, status, error.code]).toEqual([wish, 503, 'redis-refused'])
    expect(error.message).toMatch(/^nothing was done: Redis refused it/)
  }
  await books.redis.config('SET', 'maxmemory', '0')
  expect((await actionsBefore(books.redis, books.keys, { limit: 10 })).actions).toEqual([])
  expect(await books.redis.exists(books.keys.paused)).toBe(0)

  process.kill(redis.pid, 'SIGSTOP')
  try {
    const answers = await Promise.all(wishes.map(act))
    for (const { status, error } of answers) {
      expect([status, error.code]).toEqual([503, 'redis-unreachable'])
      expect(error.message).toContain('may have been done all the same')
    }
  } finally {
    process.kill(redis.pid, 'SIGCONT')
  }
}, 60_000)

it('leaves no connection and no listener behind', async t => {
  const { books, act } = await setup(t)
  const clients = async () => {
    const all = String(await books.redis.client('LIST'))
    return all.split('\n').filter(line => line.includes('name=hft-scheduler:dashboard')).length
  }
  const warnings: Error[] = []
  const heard = (warning: Error) => void warnings.push(warning)
  process.on('warning', heard)
  t.onTestFinished(() => void process.off('warning', heard))
  for (let index = 0; index < 20; index++) {
    expect((await act({ action: 'trigger', target: 'default/update-engine' })).status).toBe(202)
  }
  while ((await clients()) > 1) await new Promise(resolve => setTimeout(resolve, 20))
  expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([])
})
