import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { workplace } from '../fixtures/cli.ts'
import { startEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'
import { freePort, startRedis } from '../fixtures/redis.ts'

const ENGINE = 'Engine-Tr0ub4dor'
const DASHBOARD = 'Dashboard-Tr0ub4dor'
const REDIS = 'Redis-Tr0ub4dor'

/** Everything that shows something, pages and Bull Board included. */
const PATHS = [
  ...['', 'runs', 'actions', 'engines/default', 'nope', 'api/overview', 'api/runs', 'api/actions'],
  ...['api/runs.csv', 'api/engines', 'api/engines/default/stats', 'api/engines/default/calls'],
  ...['queues/', 'queues/api/queues', 'queues/api/redis/stats', 'queues/api/queues/calls'],
]

test('no page, answer, probe, finding or log holds a password or a token', async t => {
  const server = await startRedis({ args: ['--rdbcompression', 'no'] })
  const redis = new Redis(server.url)
  await redis.config('SET', 'requirepass', REDIS)
  const engine = await startEngine({ password: ENGINE })
  t.onTestFinished(async () => {
    redis.disconnect()
    await engine.close()
    await server.stop()
  })
  const url = server.url.replace('redis://', `redis://:${REDIS}@`)
  const place = await workplace(t)
  const env = environmentFor(engine, {
    REDIS_URL: url,
    SCHEDULER_DASHBOARD_USER: 'ann',
    SCHEDULER_DASHBOARD_PASSWORD: DASHBOARD,
    SCHEDULER_DASHBOARD_WRITE: 'yes',
    SCHEDULER_HEALTH_PORT: String(await freePort()),
    SCHEDULER_LOG_LEVEL: 'debug',
  })
  // Without a port of its own choice, up takes the next free one.
  const up = place.start(['up'], env)
  const { detail } = await up.event('started', line => line.part === 'dashboard')
  await up.event('run', run => run.verdict === 'succeeded')
  const ask = (path: string, password: string, init: RequestInit = {}) =>
    fetch(`${detail}${path}`, {
      ...init,
      headers: {
        authorization: `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
    }).then(answer => answer.text())
  const shown = await Promise.all(PATHS.map(path => ask(path, DASHBOARD)))
  shown.push(await ask('api/overview', `${DASHBOARD}-wrong`))
  const pause = { action: 'pause', target: 'default', reason: 'a trial' }
  shown.push(await ask('api/actions', DASHBOARD, { method: 'POST', body: JSON.stringify(pause) }))
  for (const command of [['doctor', '--json'], ['check'], ['status'], ['actions'], ['health']]) {
    const { stdout, stderr } = await place.run(command, env)
    shown.push(stdout, stderr)
  }
  const keys = await redis.keys('*')
  const dumps = await Promise.all(keys.map(key => redis.dumpBuffer(key)))
  shown.push(...dumps.map(dump => dump?.toString('latin1') ?? ''))
  await up.end()
  shown.push(up.stdout(), up.stderr())

  expect(shown.join('\n')).toContain('a trial')
  const tokens = engine.arrivals.flatMap(it => it.headers.authorization?.split(' ')[1] ?? [])
  expect(tokens.length).toBeGreaterThan(0)
  for (const secret of ['Tr0ub4dor', ...tokens]) {
    for (const text of shown) expect(text).not.toContain(secret)
  }
})
