import { expect, it, onTestFinished } from 'vitest'
import { examine } from '../../src/doctor/doctor.ts'
import { connectRedis } from '../../src/redis.ts'
import { levels, lines, subjectOf } from '../fixtures/doctor.ts'
import { startProxy } from '../fixtures/proxy.ts'
import { startRedis } from '../fixtures/redis.ts'

it('says which looks ended when Redis falls silent on the way', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const proxy = await startProxy(server)
  onTestFinished(() => proxy.close())
  class Waiting extends Set<string> {
    override add(name: string): this {
      if (name === 'redis latency') proxy.blackHole(true)
      return super.add(name)
    }
  }
  const waiting = new Waiting()
  const env = { REDIS_URL: `redis://127.0.0.1:${proxy.port}` }
  const found = await examine({ subject: subjectOf({ env }), waiting })
  expect(lines(found)).toContain('failure queue: no answer within 5 s')
  expect(lines(found)).toContain('failure books: no answer within 5 s')
  // What was known before.
  expect(levels(found)).toContain('ok redis server')
  expect([...waiting]).toEqual([])
})

it('makes one finding of each check that something else stands in the way of', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const env = { REDIS_URL: server.url, SCHEDULER_PREFIX: '{taken}' }
  const subject = subjectOf({ env })
  const redis = await connectRedis(subject.config.redis)
  await redis.set('{taken}:schedules', 'a text, where a hash is expected')
  redis.disconnect()
  const found = await examine({ subject, waiting: new Set() })
  const declared = found.find(({ check }) => check === 'declared')
  expect(declared).toMatchObject({ level: 'failure', advice: expect.stringContaining('--prefix') })
  expect(levels(found)).toContain('ok pauses')
})
