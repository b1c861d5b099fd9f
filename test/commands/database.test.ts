import { expect, test } from 'vitest'
import { changeableRedis } from '../fixtures/changeable-redis.ts'
import { workplace } from '../fixtures/cli.ts'
import { startEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'

const SENTENCE =
  /^hft-scheduler: Redis is out of reach at redis:\/\/127\.0\.0\.1:\d+\/99: it has no database 99\n {2}name another in REDIS_URL, or raise databases in redis\.conf$/m

test('no command goes on in a database that does not exist', async t => {
  const redis = await changeableRedis(t, ['databases 16'])
  const engine = await startEngine()
  t.onTestFinished(() => engine.close())
  const place = await workplace(t)
  const env = environmentFor(engine, { REDIS_URL: `${redis.url}/99` })
  const commands = ['worker', 'producer', 'dashboard', 'up', 'producer --once', 'status', 'runs']
  for (const typed of [...commands, 'pause default --reason x', 'trigger default/get-stats']) {
    const { code, stderr, stdout } = await place.run(typed.split(' '), env)
    expect([typed, code, stderr]).toEqual([typed, 69, expect.stringMatching(SENTENCE)])
    expect(stderr).not.toMatch(/^ +at /m)
    expect(stdout).not.toContain('started')
  }
  const { code, stdout } = await place.run(['doctor'], env)
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /^✗ {2}redis +out of reach at \S+\/99: it has no database 99\n.*→ name another/m,
  )
  expect(await redis.strays()).toBe(0)
  expect(engine.arrivals.filter(({ path }) => path === '/update-engine')).toEqual([])
})

/** What a Redis refuses when it is back, and what is said of it. */
const TURNS: [name: string, wrong: string[], said: string][] = [
  ['database is gone', ['databases 1'], 'it has no database 1'],
  ['password is wanted', ['databases 2', 'requirepass x'], 'NOAUTH: it wants a password'],
  ['user is disabled', ['databases 2', 'user default off'], 'NOAUTH: it wants a password'],
]

test.for(TURNS)('services wait, and go on, after a restart of Redis whose %s', async (turn, t) => {
  const [, wrong, said] = turn
  const redis = await changeableRedis(t, ['databases 2'])
  const engine = await startEngine()
  t.onTestFinished(() => engine.close())
  const place = await workplace(t)
  const env = environmentFor(engine, { REDIS_URL: `${redis.url}/1` })
  const [producer, worker] = [place.start(['producer'], env), place.start(['worker'], env)]
  await worker.event('run', ({ verdict }) => verdict === 'succeeded')
  await redis.restart(wrong)
  for (const part of [producer, worker]) {
    await part.event('redis-lost', ({ message }) => message.includes(said))
  }
  const status = await place.run(['status'], env)
  expect([status.code, status.stderr]).toEqual([69, expect.stringContaining(said)])
  expect(await redis.strays()).toBe(0)
  const before = worker.lines().length
  await redis.restart(['databases 2'])
  for (const part of [producer, worker]) await part.event('redis-ready')
  await worker.event('run', ({ verdict }) => verdict === 'succeeded', before)
  expect(await redis.strays()).toBe(0)
  for (const part of [producer, worker]) {
    expect([(await part.end()).code, part.stderr()]).toEqual([0, ''])
  }
})
