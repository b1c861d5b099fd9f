import { writeFile } from 'node:fs/promises'
import { Redis } from 'ioredis'
import { expect, type TestContext, test } from 'vitest'
import { workplace } from '../fixtures/cli.ts'
import { startEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'
import { startRedis } from '../fixtures/redis.ts'
import { file } from '../fixtures/settings.ts'

/** A Redis whose number of databases can be another one at its next start, and database 0 of it. */
async function redisWith({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, number: number) {
  const path = file('redis.conf', `databases ${number}\n`)
  const server = await startRedis({ args: ['--include', path] })
  const zero = new Redis(server.url)
  zero.on('error', () => 0)
  onTestFinished(async () => {
    zero.disconnect()
    await server.stop()
  })
  return {
    url: server.url,
    zero,
    async restart(databases: number) {
      await server.kill9()
      await writeFile(path, `databases ${databases}\n`)
      await server.restart()
    },
  }
}

const SENTENCE =
  /^hft-scheduler: Redis is out of reach at redis:\/\/127\.0\.0\.1:\d+\/99: it has no database 99; name another in REDIS_URL, or raise databases in redis\.conf$/m

test('no command goes on in a database that does not exist', async t => {
  const redis = await redisWith(t, 16)
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
  expect(stdout).toMatch(/^✗ {2}redis +out of reach at \S+\/99: it has no database 99/m)
  expect(await redis.zero.dbsize()).toBe(0)
  expect(engine.arrivals.filter(({ path }) => path === '/update-engine')).toEqual([])
})

test('services whose database is gone after a restart of Redis wait, say so, and go on', async t => {
  const redis = await redisWith(t, 2)
  const engine = await startEngine()
  t.onTestFinished(() => engine.close())
  const place = await workplace(t)
  const env = environmentFor(engine, { REDIS_URL: `${redis.url}/1` })
  const parts = ['producer', 'worker'].map(part => place.start([part], env))
  const [, worker] = parts
  await worker?.event('run', ({ verdict }) => verdict === 'succeeded')
  await redis.restart(1)
  for (const part of parts) {
    const { message } = await part.event('redis-lost', line => /no database/.test(`${line.error}`))
    expect(message).toMatch(/it has no database 1; name another/)
  }
  const status = await place.run(['status'], env)
  expect([status.code, status.stderr]).toEqual([69, expect.stringContaining('no database 1;')])
  expect(await redis.zero.dbsize()).toBe(0)
  const before = worker?.lines().length
  await redis.restart(2)
  for (const part of parts) await part.event('redis-ready', () => true, 0)
  await worker?.event('run', ({ verdict }) => verdict === 'succeeded', before)
  expect(await redis.zero.dbsize()).toBe(0)
  for (const part of parts) expect((await part.end()).code).toBe(0)
})
