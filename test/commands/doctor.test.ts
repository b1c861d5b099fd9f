import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { doctor } from '../../src/commands/doctor.ts'
import { resolveConfig } from '../../src/config.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { createEvents } from '../../src/events.ts'
import { createRedis } from '../../src/redis.ts'
import { VERSION } from '../../src/version.ts'
import { workplace } from '../fixtures/cli.ts'
import { commandContext } from '../fixtures/context.ts'
import { deploy, every } from '../fixtures/deployment.ts'
import { levels } from '../fixtures/doctor.ts'
import { startEngine } from '../fixtures/engine.ts'
import { startProxy } from '../fixtures/proxy.ts'
import { freePort, startRedis } from '../fixtures/redis.ts'

async function redisWith(...args: string[]) {
  const server = await startRedis({ args })
  onTestFinished(() => server.stop())
  return server
}

/** The command in this process, as typed with these settings. */
async function examined(
  env: Record<string, string>,
  options: { json?: boolean; tty?: boolean } = {},
) {
  const { json = false, tty = false } = options
  const context = commandContext({ prefix: '', argv: { json, settings: 'none/.env' }, tty })
  const load = (needs: { credentials: boolean }) =>
    resolveConfig({ flags: {}, env, dotenv: {} }, needs)
  const code = await doctor({ ...context, env, load })
  return { ...context, code }
}

it('is content with a deployment that works, writes nothing and never calls update-engine', async () => {
  const server = await redisWith('--appendonly', 'yes', '--enable-debug-command', 'yes')
  const schedules = [every(60_000), every(60_000, 'get-stats', 30_000)]
  const deployment = await deploy({ schedules, redis: server.url })
  const { engine, redis, keys } = deployment
  await (await deployment.producer()).stop()
  const at = { version: VERSION, since: 0, seen: Date.now() + 9000 }
  for (const part of ['producer', 'worker']) {
    const presence = JSON.stringify({ part, name: 'x', ...at })
    await redis.hset(keys.processes, `${part}:x`, presence)
  }
  engine.arrivals.length = 0
  const before = await redis.call('DEBUG', 'DIGEST')
  const env = {
    REDIS_URL: server.url,
    SCHEDULER_PREFIX: deployment.prefix,
    SCHEDULER_INTERVAL: '60',
    SCHEDULER_ENGINEAPI_HOST: '127.0.0.1',
    SCHEDULER_ENGINEAPI_PORT: String(engine.port),
    SCHEDULER_ENGINEAPI_USERNAME: engine.username,
    SCHEDULER_ENGINEAPI_PASSWORD: engine.password,
  }
  const { objects, code, raw } = await examined(env, { json: true })
  const after = await redis.call('DEBUG', 'DIGEST')
  await deployment.close()
  // How fast this machine is at the moment is not ours to judge.
  const found = (objects() as Finding[]).filter(({ check }) => !/latency|^clock/.test(check))
  expect(found.filter(({ level }) => level !== 'ok')).toEqual([])
  expect(found.map(({ check }) => check)).toEqual([
    ...[
      'node',
      'secrets',
      'redis server',
      'redis memory',
      'redis persistence',
      'redis access',
      'redis rights',
    ],
    ...['declared', 'queue', 'processes', 'leases', 'pauses', 'books', 'keys', 'engine reach'],
    ...['engine clock', 'engine login', 'engine token', 'engine stats', 'dashboard access'],
  ])
  expect([0, 3]).toContain(code)
  expect(after).toBe(before)
  expect(engine.count('/update-engine')).toBe(0)
  expect(engine.count('/stats')).toBe(1)
  expect(raw()).not.toContain(engine.password)
})

it('says what does not work, what to do, and the sum; exit code 1', async () => {
  const port = await freePort()
  const { output, code, errors } = await examined({
    REDIS_URL: `redis://:s3cret@127.0.0.1:${port}`,
  })
  expect(output()).toMatch(/^✗ {2}redis +out of reach at redis:\/\/127.*ECONNREFUSED.*\n +→ is it/m)
  expect(output()).toMatch(/^! {2}engine +none is set\n +→ set SCHEDULER_ENGINEAPI_HOST/m)
  expect(output()).toMatch(/\n\n1 failure, 1 warning, 3 fine\n$/)
  expect(output() + errors()).not.toContain('s3cret')
  expect(code).toBe(1)
})

it('writes ASCII where the locale is not UTF-8', async () => {
  const { output } = await examined({
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    LANG: 'C',
  })
  expect(output()).toMatch(/^x {3}redis +out of reach.*\n +-> is it/m)
  expect(output()).toMatch(/^ok {2}node/m)
})

it('has exit code 3 where something needs a look', async () => {
  const server = await redisWith()
  const { code, output } = await examined({ REDIS_URL: server.url })
  expect(output()).toMatch(/^! {2}redis persistence +no append-only file/m)
  expect(code).toBe(3)
})

it('ends in about 10 s when Redis and engine are black holes, and says so meanwhile', async () => {
  const server = await redisWith()
  const engine = await startEngine()
  onTestFinished(() => engine.close())
  const holes = [await startProxy(server), await startProxy(engine)] as const
  for (const hole of holes) {
    hole.blackHole(true)
    onTestFinished(() => hole.close())
  }
  const begin = Date.now()
  const { objects, code, errors } = await examined(
    {
      REDIS_URL: `redis://127.0.0.1:${holes[0].port}`,
      SCHEDULER_ENGINEAPI_HOST: '127.0.0.1',
      SCHEDULER_ENGINEAPI_PORT: String(holes[1].port),
      SCHEDULER_ENGINEAPI_USERNAME: 'me',
      SCHEDULER_ENGINEAPI_PASSWORD: 'pw',
    },
    { json: true, tty: true },
  )
  expect(Date.now() - begin).toBeLessThan(25_000)
  expect(levels(objects())).toEqual(
    expect.arrayContaining(['failure redis', 'warning engine reach', 'failure engine login']),
  )
  expect(errors()).toMatch(/^waiting for redis, engine default …\n/)
  expect(code).toBe(1)
}, 60_000)

it('tells mistakes of the configuration as every command does, to programs as findings too', async t => {
  const place = await workplace(t)
  const env = { SCHEDULER_INTERVAL: 'soon', REDIS_URL: 'http://x' }
  const { code, lines, stderr } = await place.run(['doctor', '--json'], env)
  expect(code).toBe(2)
  expect(stderr).toMatch(/^hft-scheduler: The configuration has mistakes:\n {2}.*\n {2}.*\n$/)
  expect(lines<Finding>()).toMatchObject([
    { check: 'configuration', level: 'failure', found: expect.stringContaining('INTERVAL') },
    { check: 'configuration', level: 'failure', found: expect.stringContaining('REDIS_URL') },
  ])
})

it('finds, typed in a folder, an .env that others can read and a password typed', async t => {
  const place = await workplace(t)
  await writeFile(join(place.dir, '.env'), 'SCHEDULER_DASHBOARD_PASSWORD=s3cret-s3cret\n')
  await chmod(join(place.dir, '.env'), 0o644)
  const typed = ['doctor', '--dashboard-user', 'me', '--password', 'hunter2']
  const env = { REDIS_URL: `redis://127.0.0.1:${await freePort()}` }
  const { stdout, code } = await place.run(typed, env)
  expect(stdout).toMatch(/^! {2}configuration +--password: everybody on this machine can read it/m)
  expect(stdout).toMatch(/^! {2}secrets +others on this machine can read \.env \(mode 644\)/m)
  expect(stdout).not.toMatch(/hunter2|s3cret/)
  expect(code).toBe(1)
})

it('finds Redis asking for a password that the URL lacks', async () => {
  const server = await redisWith()
  const admin = createRedis({ url: server.url, ca: null }, 'test', createEvents())
  onTestFinished(async () => void (await admin.quit()))
  await admin.config('SET', 'requirepass', 'right')
  const { output } = await examined({ REDIS_URL: server.url })
  expect(output()).toMatch(/^✗ {2}redis +out of reach .*NOAUTH: it wants a password/m)
})

it('finds a Redis that is still loading its data', async () => {
  const slow = ['--key-load-delay', '20000', '--loading-process-events-interval-bytes', '1024']
  const server = await startRedis({ args: slow, ready: 'process' })
  onTestFinished(() => server.stop())
  const admin = createRedis({ url: server.url, ca: null }, 'test', createEvents())
  onTestFinished(() => admin.disconnect())
  const data = Array.from({ length: 2000 }, (_, index) => [`key${index}`, 'x'.repeat(1000)])
  await admin.mset(data.flat())
  await admin.save()
  await server.restart()
  // It takes a moment until it listens.
  await expect
    .poll(async () => (await examined({ REDIS_URL: server.url })).output(), { timeout: 35_000 })
    .toMatch(/^✗ {2}redis +out of reach .*: it is still loading its data/m)
}, 60_000)
