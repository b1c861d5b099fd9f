import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Redis } from 'ioredis'
import { describe, expect, type TestContext, test } from 'vitest'
import { type CliProcess, workplace } from '../fixtures/cli.ts'
import { environmentFor } from '../fixtures/environment.ts'
import { startRedis } from '../fixtures/redis.ts'

const NOBODY = { url: 'http://127.0.0.1:1', username: 'me', password: 's3cret' }

/** A Redis of its own, for nobody else would like what is done to it. */
async function ownRedis(t: TestContext) {
  const redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'no'] })
  t.onTestFinished(() => redis.stop())
  return redis
}

/** An end in order without Redis takes up to 3 s; one that waits for it does not come, ms. */
const SOON = 20_000

const lost = (process: CliProcess) => process.lines().filter(line => line.event === 'redis-lost')

describe.concurrent.each(['worker', 'producer'])('a %s', part => {
  const start = async (t: TestContext, url: string) =>
    (await workplace(t)).start([part], environmentFor(NOBODY, { REDIS_URL: url }))

  test('waits for a Redis that is not there, and says so once', async t => {
    const redis = await ownRedis(t)
    await redis.kill9()
    const process = await start(t, redis.url)
    await process.event('redis-lost')
    await redis.restart()
    await process.event('redis-ready')
    await process.event('started')
    expect(lost(process)).toHaveLength(1)
    expect(process.lines().filter(line => line.event === 'warning')).toEqual([])
    expect(await process.end()).toMatchObject({ code: 0 })
  })

  test('ends while it waits for a Redis that is not there', async t => {
    const process = await start(t, 'redis://127.0.0.1:1')
    await process.event('redis-lost')
    const { code, took } = await process.end('SIGTERM')
    expect([code, process.stderr()]).toEqual([0, ''])
    expect(took).toBeLessThan(SOON)
  })

  test('ends while its Redis accepts and never answers', async t => {
    const server = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1')
    t.onTestFinished(() => void server.close())
    await once(server, 'listening')
    const process = await start(t, `redis://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await once(server, 'connection')
    const { code, took } = await process.end('SIGTERM')
    expect([code, process.stderr()]).toEqual([0, ''])
    expect(took).toBeLessThan(SOON)
  })

  test('ends when its Redis has frozen', async t => {
    const redis = await ownRedis(t)
    const process = await start(t, redis.url)
    await process.event('started')
    globalThis.process.kill(redis.pid, 'SIGSTOP')
    t.onTestFinished(() => void globalThis.process.kill(redis.pid, 'SIGCONT'))
    const { code, took } = await process.end('SIGTERM')
    expect([code, process.stderr()]).toEqual([0, ''])
    expect(took).toBeLessThan(SOON)
  })

  test('says that the password of Redis is wrong, and goes on once it is right', async t => {
    const redis = await ownRedis(t)
    const admin = new Redis(redis.url)
    t.onTestFinished(() => admin.disconnect())
    await admin.config('SET', 'requirepass', 'the right one')
    const process = await start(t, `redis://:wr0ng-one@127.0.0.1:${redis.port}`)
    const { level, message } = await process.event('redis-lost')
    expect(level).toBe('error')
    expect(message).toContain('WRONGPASS: it refuses the user name or the password in REDIS_URL')
    await admin.config('SET', 'requirepass', 'wr0ng-one')
    await process.event('started')
    expect(lost(process)).toHaveLength(1)
    expect(await process.end()).toMatchObject({ code: 0 })
    expect(process.stdout() + process.stderr()).not.toContain('wr0ng-one')
  })

  test('says that Redis wants a password', async t => {
    const redis = await ownRedis(t)
    const admin = new Redis(redis.url)
    t.onTestFinished(() => admin.disconnect())
    await admin.config('SET', 'requirepass', 'the right one')
    const process = await start(t, redis.url)
    const { message } = await process.event('redis-lost')
    expect(message).toContain('NOAUTH: it wants a password, REDIS_URL has none')
    expect(await process.end()).toMatchObject({ code: 0 })
    expect(process.stderr()).toBe('')
  })
})
