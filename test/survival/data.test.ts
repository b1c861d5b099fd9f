import { Queue } from 'bullmq'
import { expect, test, vi } from 'vitest'
import { expectTrue, poll, startSystem, UPDATE } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

test('garbage in every key that is read: no crash, ticks go on', async () => {
  const system = await startSystem({ workers: 2 })
  await system.ticking()
  const { redis, keys } = system
  const garbage = '{"not": "ours"'
  await redis.hset(keys.schedules, 'default/odd', garbage)
  await redis.hset(keys.schedules, 'x', '[]')
  await redis.hset(keys.processes, 'worker:odd', garbage)
  await redis.hset(keys.sent(UPDATE), 'odd', garbage)
  await redis.hset(keys.paused, 'default/other', garbage)
  await redis.zadd(keys.runs(UPDATE), 1, garbage)
  await redis.zadd(keys.manual(UPDATE), 1, garbage)
  await redis.hset(keys.declaration, 'odd', garbage)
  await redis.xadd(keys.stats('default'), '*', 'odd', garbage)
  await system.ticking()
  for (const key of [
    keys.schedules,
    keys.processes,
    keys.paused,
    keys.books(UPDATE),
    keys.sent(UPDATE),
    keys.lease(UPDATE),
  ]) {
    await redis.del(key)
    await redis.set(key, 'a string where a hash should be')
    await poll(async () => (await redis.type(key)) !== 'string' || 'still there', 3000).catch(
      () => 0,
    )
    await redis.del(key)
    await system.ticking(UPDATE, 30_000)
  }
  for (const process of [...system.workers, ...system.producers]) {
    expect((await process.end()).code).toBe(0)
  }
})

test('jobs of another version, or made by hand without a slot: a clear error, no call', async () => {
  const system = await startSystem()
  await system.ticking()
  const connection = { url: system.env.REDIS_URL as string }
  const queue = new Queue('calls', { connection, prefix: '{hft-scheduler}' })
  const template = (await queue.getJobScheduler(UPDATE))?.template
  const odd = [
    await queue.add('older', { engine: 'default', job: 'update-engine' }),
    await queue.add('newer', { v: 2, kind: 'tick', schedule: { id: UPDATE } }),
    // What Bull Board's "run now" makes of a scheduler's template.
    await queue.add(UPDATE, template?.data),
    await queue.add('nothing', null),
  ]
  for (const job of odd) await poll(async () => (await job.getState()) === 'failed')
  const reasons = await Promise.all(
    odd.map(async ({ id }) => (await queue.getJob(String(id)))?.failedReason ?? ''),
  )
  expect(reasons.every(reason => reason.startsWith('no call was made: '))).toBe(true)
  await queue.close()
  await expectTrue(system)
})

test('a finished tick that is retried from outside makes no second call', async () => {
  const system = await startSystem()
  const run = await system.ticking()
  const connection = { url: system.env.REDIS_URL as string }
  const queue = new Queue('calls', { connection, prefix: '{hft-scheduler}' })
  const jobs = await queue.getJobs(['completed'])
  for (const job of jobs) await job.retry('completed')
  // One that is claimed between the two can be promoted no more.
  await poll(async () => {
    const [pending] = await queue.getDelayed()
    return pending?.promote().then(
      () => true,
      () => false,
    )
  })
  await queue.close()
  expect(run.verdict).toBe('succeeded')
  await system.ticking()
  await expectTrue(system)
})
