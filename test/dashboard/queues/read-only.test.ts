import { Queue } from 'bullmq'
import { expect, inject, it, type TestContext } from 'vitest'
import { CallsQueue } from '../../../src/dashboard/queues/calls-queue.ts'
import { readOnly } from '../../../src/dashboard/queues/read-only.ts'
import { createEvents } from '../../../src/events.ts'
import { createRedis } from '../../../src/redis.ts'
import * as behaviours from '../../fixtures/behaviours.ts'
import { boardRoutes, fill } from '../../fixtures/board.ts'
import { startDashboard } from '../../fixtures/dashboard.ts'
import { type Deployment, deploy, every } from '../../fixtures/deployment.ts'
import { freshPrefix, startRedis } from '../../fixtures/redis.ts'

/** A Redis of its own with jobs of many kinds, whose user `reader` may not write; nobody is at work. */
async function left(t: TestContext) {
  const server = await startRedis()
  t.onTestFinished(() => server.stop())
  const schedules = [every(1000), every(3_600_000, 'get-stats', 1000)]
  const deployment = await deploy({ redis: server.url, schedules })
  t.onTestFinished(() => deployment.close())
  const { redis, prefix } = deployment
  const producer = await deployment.producer()
  const worker = await deployment.worker()
  await deployment.nextRun(run => run.verdict === 'succeeded')
  deployment.engine.behave('/update-engine', behaviours.answer(400))
  await deployment.nextRun(run => run.verdict === 'failed')
  await worker.stop()
  await producer.stop()
  const queue = new Queue('calls', { connection: redis, prefix, skipMetasUpdate: true })
  t.onTestFinished(() => queue.close())
  await queue.add('by hand', { some: 'data' })
  // What BullMQ's own list of schedulers would delete.
  await redis.zadd(queue.toKey('repeat'), 1, 'half/gone')
  // What expires by itself would look like a change.
  for (const key of await redis.keys('*')) await redis.persist(key)
  const rights = ['+@all', '-@write', '-@admin', '-@dangerous', '+info', '+client|list']
  await redis.call('ACL', 'SETUSER', 'reader', 'on', '>secret', '~*', '&*', ...rights)
  const ids = [...(await queue.getFailed(0, 0)), ...(await queue.getDelayed(0, 0))].map(
    ({ id }) => id ?? '',
  )
  const redisUrl = server.url.replace('redis://', 'redis://reader:secret@')
  const dashboard = await startDashboard(t, { config: deployment.config(), redisUrl })
  return { deployment, dashboard, ids }
}

/** Everything in Redis, and what the reader tried beyond its rights. */
async function state({ redis }: Deployment) {
  const keys = (await redis.keys('*')).sort()
  const values = await Promise.all(
    keys.map(async key => (await redis.dumpBuffer(key)).toString('hex')),
  )
  return { keys, values, denied: await redis.call('ACL', 'LOG') }
}

it('shows everything without a write, to a user of Redis that may not write', async t => {
  const { deployment, dashboard, ids } = await left(t)
  const before = await state(deployment)
  expect(ids).toHaveLength(2)
  const reads = boardRoutes.filter(({ method }) => method === 'GET')
  const paths = reads.flatMap(({ path }) => ids.map(jobId => fill(path, { jobId })))
  const statuses = ['latest', 'active', 'waiting', 'completed', 'failed', 'delayed'].map(
    status => `queues/api/queues?activeQueue=calls&status=${status}&page=1&jobsPerPage=20`,
  )
  for (const path of new Set([...paths, ...statuses])) {
    expect([path, (await dashboard.get(path)).status]).toEqual([path, 200])
  }
  expect(paths.length).toBeGreaterThan(20)
  const listed = await (await dashboard.get('queues/api/job-schedulers')).json()
  const { schedulers } = listed as { schedulers: { id: string }[] }
  const names = schedulers.map(({ id }) => id).sort()
  expect(names).toEqual(['default/get-stats', 'default/update-engine'])
  expect(await state(deployment)).toEqual({ ...before, denied: [] })
})

it('refuses every request that would change something, before it reaches Redis', async t => {
  const { deployment, dashboard, ids } = await left(t)
  const before = await state(deployment)
  const writes = boardRoutes.filter(({ method }) => method !== 'GET')
  expect(writes.length).toBeGreaterThan(20)
  for (const { method, path } of writes) {
    for (const jobId of ids) {
      const filled = fill(path, {
        jobId,
        schedulerId: 'default/update-engine',
        queueStatus: 'failed',
      })
      const init = { method, headers: { 'content-type': 'application/json' }, body: '{}' }
      const answer = await dashboard.get(filled, init)
      expect([filled, answer.status]).toEqual([filled, 403])
      expect(await answer.json()).toMatchObject({ error: { key: 'ERRORS.QUEUE_READ_ONLY' } })
    }
  }
  expect(await state(deployment)).toEqual({ ...before, denied: [] })
})

it('holds where a library tries to write all the same, by commands and by scripts', async t => {
  const prefix = freshPrefix()
  const plain = createRedis({ url: inject('redisUrl'), ca: null }, 'test', createEvents())
  const redis = readOnly(plain.duplicate())
  t.onTestFinished(() => {
    plain.disconnect()
    redis.disconnect()
  })
  const queue = new CallsQueue({ redis, prefix })
  await plain.rpush(queue.toKey('wait'), '1')
  const attempts: [string, () => Promise<unknown>][] = [
    ['a job', () => queue.add('one', {})],
    ['many jobs', () => queue.addBulk([{ name: 'one', data: {} }])],
    ['a pause', () => queue.pause()],
    ['a limit', () => queue.setGlobalConcurrency(1)],
    ['emptying', () => queue.drain(true)],
    ['obliterating', () => queue.obliterate({ force: true })],
    ['a scheduler', () => queue.upsertJobScheduler('one', { every: 1000 })],
    ['a command', () => redis.set(`${prefix}:one`, 1)],
    ['a command by name', () => redis.call('set', `${prefix}:one`, 1)],
    ['a script of its own', () => redis.eval("return redis.call('SET', KEYS[1], 1)", 1, prefix)],
  ]
  for (const [what, attempt] of attempts) {
    await expect(attempt(), what).rejects.toThrow(/read-only: \w+ is refused/)
  }
  const both = () => redis.multi().get(prefix).set(prefix, 1).exec()
  await expect(both()).rejects.toThrow('EXECABORT')
  expect(await redis.pipeline().exists(prefix).set(prefix, 1).exists(prefix).exec()).toEqual([
    [null, 0],
    [expect.objectContaining({ message: 'read-only: set is refused' })],
    [null, 0],
  ])
  expect(await plain.keys(`*${prefix}*`)).toEqual([queue.toKey('wait')])
  expect(await queue.getWaitingCount()).toBe(1)
  expect(await redis.multi().llen(queue.toKey('wait')).exec()).toEqual([[null, 1]])
})
