import { Queue, Worker } from 'bullmq'
import { expect, type TestContext, test, vi } from 'vitest'
import { createEvents } from '../src/events.ts'
import { connectRedis, createRedis, RedisUnreachable } from '../src/redis.ts'
import { changeableRedis } from './fixtures/changeable-redis.ts'
import { startSentinel } from './fixtures/sentinel.ts'

/** A service's connection, and what it announces. */
function observe({ onTestFinished }: TestContext, url: string) {
  const events = createEvents()
  const said: string[] = []
  events.on('redis-lost', ({ error }) => said.push(error))
  events.on('redis-ready', () => said.push('ready'))
  const redis = createRedis({ url, ca: null }, 'test', events)
  redis.on('error', () => 0)
  onTestFinished(() => redis.disconnect())
  return { redis, said }
}

const failure = (answer: Promise<unknown>) => answer.then(String, (error: Error) => error.message)

test('a database that does not exist is refused, and nothing reaches database 0', async t => {
  const { port, strays } = await changeableRedis(t, ['databases 2'])
  const url = `redis://127.0.0.1:${port}/7`
  const { redis, said } = observe(t, url)
  for (const key of ['a', 'b', 'c']) {
    expect(await failure(redis.set(key, '1'))).toMatch(/^it has no database 7$/)
  }
  expect(redis.status).not.toBe('ready')
  expect(await strays()).toBe(0)
  expect(said).toEqual([expect.stringMatching(/^it has no database 7/)])
  const error: unknown = await connectRedis({ url, ca: null }).catch(thrown => thrown)
  expect(error).toBeInstanceOf(RedisUnreachable)
  expect(error).toMatchObject({ noDatabase: true })
})

test('BullMQ, which duplicates a connection, gets no other database either', async t => {
  const { port, strays } = await changeableRedis(t, ['databases 2'])
  const { redis } = observe(t, `redis://127.0.0.1:${port}/7`)
  const errors: string[] = []
  const worker = new Worker('calls', async () => 0, { connection: redis, prefix: '{p}' })
  const own = redis.duplicate()
  own.on('error', () => 0)
  const queue = new Queue('calls', { connection: own, prefix: '{p}' })
  worker.on('error', ({ message }) => errors.push(message))
  queue.on('error', ({ message }) => errors.push(message))
  await vi.waitFor(() => expect(errors.length).toBeGreaterThan(4), { timeout: 30_000 })
  expect([...new Set(errors)]).toEqual([expect.stringMatching(/^it has no database 7/)])
  expect(await strays()).toBe(0)
  for (const one of [redis, own]) one.disconnect()
  await worker.close(true)
  await queue.close()
})

test('a master that Sentinels name is asked for its database as well', async t => {
  const { master, port } = await startSentinel()
  const sentinel = { nodes: [{ host: '127.0.0.1', port }], name: 'trading', password: null }
  const target = { url: 'redis://anywhere/99', ca: null, sentinel }
  const redis = createRedis(target, 'test', createEvents())
  t.onTestFinished(() => redis.disconnect())
  expect(await failure(redis.set('a', '1'))).toMatch(/^it has no database 99$/)
  const right = createRedis({ ...target, url: 'redis://anywhere/9' }, 'test', createEvents())
  t.onTestFinished(() => right.disconnect())
  expect(await right.set('a', '1')).toBe('OK')
  const zero = await connectRedis({ url: master.url, ca: null })
  expect(await zero.dbsize().finally(() => zero.disconnect())).toBe(0)
})

interface Turn {
  user: string
  right: string[]
  wrong: string[]
  said: RegExp
}

/** What a Redis that let us in can refuse when it is back. */
const TURNS: Record<string, Turn> = {
  'fewer databases': {
    user: '',
    right: ['databases 2'],
    wrong: ['databases 1'],
    said: /^it has no database 1; name another/,
  },
  'another password': {
    user: ':first@',
    right: ['requirepass first'],
    wrong: ['requirepass second'],
    said: /^WRONGPASS/,
  },
  'a password': {
    user: '',
    right: [],
    wrong: ['requirepass second'],
    said: /^NOAUTH/,
  },
  'its user disabled': {
    user: 'app:first@',
    right: ['user app on >first ~* &* +@all'],
    wrong: ['user app off >first ~* &* +@all'],
    said: /^WRONGPASS/,
  },
  'a user who may not choose a database': {
    user: 'app:first@',
    right: ['user app on >first ~* &* +@all'],
    wrong: ['user app on >first ~* &* +@all -select'],
    said: /^its user may not choose database 1; allow \+select/,
  },
  'a Cluster': {
    user: '',
    right: [],
    wrong: ['cluster-enabled yes'],
    said: /^it refuses database 1: ERR SELECT is not allowed in cluster mode/,
  },
}

test.for(Object.entries(TURNS))('Redis comes back with %s, and then as it was', async (turn, t) => {
  const { user, right, wrong, said: expected } = turn[1]
  const server = await changeableRedis(t, right)
  const { port, strays } = server
  const { redis, said } = observe(t, `redis://${user}127.0.0.1:${port}/1`)
  await redis.set('before', '1')
  await server.restart(wrong)
  // As a worker's verdicts do, one command comes after the other all the time.
  const asked: Promise<string>[] = []
  const asking = setInterval(() => asked.push(failure(redis.set('meanwhile', '1'))), 20)
  t.onTestFinished(() => clearInterval(asking))
  await vi.waitFor(() => expect(said.at(-1)).toMatch(expected), { timeout: 30_000 })
  const refused = asked.length
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(refused + 50), { timeout: 30_000 })
  expect(redis.status).not.toBe('ready')
  expect(await strays()).toBe(0)
  // Said once, after the outage itself.
  expect(said.filter(line => expected.test(line))).toHaveLength(1)
  await server.restart(right)
  await vi.waitFor(() => expect(said.at(-1)).toBe('ready'), { timeout: 30_000 })
  clearInterval(asking)
  const answers = await Promise.all(asked)
  expect(answers.at(-1)).toBe('OK')
  expect(await redis.get('meanwhile')).toBe('1')
  expect(await strays()).toBe(0)
})
