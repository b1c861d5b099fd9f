import { expect, it, onTestFinished } from 'vitest'
import { keys } from '../../src/doctor/keys.ts'
import { openBooks } from '../fixtures/books.ts'
import { connectedTo, lines } from '../fixtures/doctor.ts'
import { startRedis } from '../fixtures/redis.ts'

it('finds the deployment that may be meant', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const books = openBooks({ redis: server.url })
  onTestFinished(async () => void (await books.quit()))
  await books.declare()
  const subject = await connectedTo({ REDIS_URL: server.url, SCHEDULER_PREFIX: 'mine' })
  onTestFinished(() => subject.disconnect())
  expect(lines(await keys(subject))).toEqual([
    `warning keys: nothing stands under {mine}, but under ${books.prefix}`,
  ])
  await subject.redis.hset(subject.keys.schedules, 'a', 'b')
  expect(lines(await keys(subject))).toEqual([
    `ok keys: all under {mine} are ours; other deployments: ${books.prefix}`,
  ])
})
