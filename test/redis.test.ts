import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { createEvents } from '../src/events.ts'
import { address, connectRedis, createRedis, defineScript, RedisUnreachable } from '../src/redis.ts'
import { freshPrefix, startRedis, type TestRedis } from './fixtures/redis.ts'

const ca = null

it('names a Redis without its credentials', () => {
  expect(address('redis://me:s3cret@host:6380/2')).toBe('redis://host:6380/2')
  expect(address('rediss://:s3cret@[::1]:6380/')).toBe('rediss://[::1]:6380')
})

it('gives a person a connection that is ready', async () => {
  const redis = await connectRedis({ url: inject('redisUrl'), ca })
  expect(await redis.ping()).toBe('PONG')
  redis.disconnect()
})

it('says at once that nobody is there, and tells no password', async () => {
  const refused = connectRedis({ url: 'redis://me:s3cret@127.0.0.1:1', ca })
  const error: unknown = await refused.catch(thrown => thrown)
  expect(error).toBeInstanceOf(RedisUnreachable)
  expect(error).toMatchObject({ code: 'redis-unreachable' })
  expect(String(error)).toContain('redis://127.0.0.1:1: ')
  expect(String(error) + JSON.stringify(error)).not.toContain('s3cret')
})

it('runs a script that Redis does not know yet, and again', async () => {
  const redis = createRedis({ url: inject('redisUrl'), ca }, 'test', createEvents())
  const key = freshPrefix()
  // Unlike every other script, so Redis has not seen it.
  const script = defineScript(redis, 'count', `return {KEYS[1], ARGV[1] + 1} -- ${key}`)
  expect([await script([key], 1), await script([key], 2)]).toEqual([
    [key, 2],
    [key, 3],
  ])
  await redis.quit()
})

let server: TestRedis | undefined
beforeEach(() => {
  server = undefined
})
afterEach(() => server?.stop())

it('refuses a wrong password without telling it', async () => {
  server = await startRedis()
  const admin = await connectRedis({ url: server.url, ca })
  await admin.config('SET', 'requirepass', 'right')
  admin.disconnect()
  const url = server.url.replace('redis://', 'redis://:s3cret@')
  const error: unknown = await connectRedis({ url, ca }).catch(thrown => thrown)
  expect(error).toBeInstanceOf(RedisUnreachable)
  expect(String(error)).toContain('WRONGPASS')
  expect(String(error) + JSON.stringify(error)).not.toContain('s3cret')
})

it('outlives an outage, announces it once, and sends what waited', async () => {
  server = await startRedis()
  const events = createEvents()
  const said: string[] = []
  events.on('redis-lost', ({ part }) => said.push(`${part} lost`))
  events.on('redis-ready', ({ part }) => said.push(`${part} ready`))
  const redis = createRedis({ url: server.url, ca }, 'worker', events)
  await redis.ping()
  const lost = new Promise(resolve => events.once('redis-lost', resolve))
  await server.kill9()
  await lost
  const answer = redis.ping()
  await server.restart()
  expect(await answer).toBe('PONG')
  expect(said).toEqual(['worker lost', 'worker ready'])
  await redis.quit()
})
