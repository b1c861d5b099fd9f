import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { redisClock } from '../../src/doctor/redis-clock.ts'
import { redisLatency } from '../../src/doctor/redis-latency.ts'
import { redisMemory } from '../../src/doctor/redis-memory.ts'
import { redisPersistence } from '../../src/doctor/redis-persistence.ts'
import { redisServer } from '../../src/doctor/redis-server.ts'
import { parseInfo } from '../../src/redis-facts.ts'
import { connectedTo, levels, lines } from '../fixtures/doctor.ts'
import { startProxy } from '../fixtures/proxy.ts'
import { startRedis } from '../fixtures/redis.ts'

/** A Redis of the test's own with these settings, and what the doctor knows of it. */
async function redisWith(...args: string[]) {
  const server = await startRedis({ args })
  onTestFinished(() => server.stop())
  return of(server.url)
}

async function of(url: string) {
  const subject = await connectedTo({ REDIS_URL: url })
  onTestFinished(() => subject.disconnect())
  return subject
}

it('is content with a Redis that keeps everything', async () => {
  const subject = await redisWith('--appendonly', 'yes')
  const found = [redisServer(subject), redisMemory(subject), await redisPersistence(subject)]
  expect(lines(found.flat())).toEqual([
    expect.stringMatching(
      /^ok redis server: Redis 7\.[\d.]+ at redis:\/\/127\.0\.0\.1:\d+, hz 10$/,
    ),
    expect.stringMatching(/^ok redis memory: [\d.]+ MiB of \d+ MiB \(the machine's memory\), noev/),
    'ok redis persistence: append-only file, appendfsync everysec',
  ])
})

it('finds a Redis that may throw keys away, and keeps no file', async () => {
  const subject = await redisWith('--maxmemory-policy', 'volatile-lru', '--hz', '5')
  expect(lines(redisMemory(subject))).toEqual([
    'failure redis memory: maxmemory-policy volatile-lru: it may throw away leases, verdicts and ticks',
  ])
  expect(redisMemory(subject)[0]?.advice).toContain('CONFIG SET maxmemory-policy noeviction')
  expect(levels(await redisPersistence(subject))).toEqual(['warning redis persistence'])
  expect(lines(redisServer(subject))).toEqual([
    'warning redis server: hz 5: a worker hears of its next tick up to 200 ms late',
  ])
})

it('finds a Redis that is full, or nearly', async () => {
  const full = await redisWith('--maxmemory', '500kb')
  expect(lines(redisMemory(full))[0]).toMatch(/^failure redis memory: full: .* refuses to write$/)
  const used = Number(full.info?.get('used_memory'))
  await full.redis.config('SET', 'maxmemory', Math.round(used * 1.1))
  const info = parseInfo(await full.redis.info())
  expect(lines(redisMemory({ info }))[0]).toMatch(/^warning redis memory: nearly full/)
})

it('finds an append-only file that is left to the system, and a snapshot that fails', async () => {
  const subject = await redisWith('--appendonly', 'yes', '--appendfsync', 'no')
  const { redis } = subject
  const [, dir = ''] = (await redis.config('GET', 'dir')) as string[]
  // Where the snapshot is to go, a folder stands.
  await mkdir(join(dir, 'dump.rdb', 'x'), { recursive: true })
  await redis.bgsave()
  await expect
    .poll(async () => parseInfo(await redis.info()).get('rdb_last_bgsave_status'))
    .toBe('err')
  const info = parseInfo(await redis.info())
  expect(lines(await redisPersistence({ ...subject, info }))).toEqual([
    'warning redis persistence: appendfsync no: a crash of its machine loses up to half a minute',
    'failure redis persistence: the last snapshot failed: Redis may refuse to write',
  ])
})

it('finds a replica, and names its master', async () => {
  const subject = await redisWith('--replicaof', '127.0.0.1 9')
  const [finding] = redisServer(subject)
  expect(finding).toMatchObject({ level: 'failure', found: expect.stringContaining('a replica') })
  expect(finding?.advice).toContain('127.0.0.1:9')
})

it('finds a Redis that is too old', async () => {
  const subject = await redisWith()
  const aged = new Map([...(subject.info ?? []), ['redis_version', '6.0.16'] as const])
  expect(lines(redisServer({ ...subject, info: aged }))[0]).toMatch(/Redis 6\.0\.16 .* least 6\.2$/)
  const valkey = new Map([...aged, ['valkey_version', '8.0.1'] as const])
  expect(lines(redisServer({ ...subject, info: valkey }))[0]).toMatch(/^ok redis server: Valkey 8/)
})

it('says what it is not allowed to see', async () => {
  const server = await startRedis({ args: ['--appendonly', 'yes'] })
  onTestFinished(() => server.stop())
  const admin = await of(server.url)
  await admin.redis.call('ACL', 'SETUSER', 'blind', 'on', '>pw', '~*', '+@all', '-info', '-config')
  const blind = await of(`redis://blind:pw@127.0.0.1:${server.port}`)
  expect(lines(redisServer(blind))).toEqual([
    expect.stringMatching(/^warning .*INFO is forbidden$/),
  ])
  expect([...redisMemory(blind), ...(await redisPersistence(blind))]).toEqual([])
  const found = await redisPersistence({ ...blind, info: admin.info })
  expect(lines(found)[0]).toMatch(/^warning redis persistence: .*CONFIG is forbidden$/)
})

it('finds a Redis that is too far away for the lead', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const proxy = await startProxy(server)
  onTestFinished(() => proxy.close())
  const subject = await of(`redis://127.0.0.1:${proxy.port}`)
  // Timers may be a little early.
  proxy.slow(60)
  const [finding] = await redisLatency(subject)
  expect(finding).toMatchObject({ level: 'warning', advice: expect.stringContaining('--lead') })
  expect(finding?.found).toMatch(/^\d{3,} ms at the median/)
})

it('finds a clock that differs, and not one that merely cannot be told', async () => {
  const subject = await redisWith()
  expect(levels(await redisClock(subject))).toEqual(['ok clock'])
  const now = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 5000)
  onTestFinished(() => void vi.restoreAllMocks())
  expect(lines(await redisClock(subject))[0]).toMatch(
    /^failure clock: (4\.\d|5(\.\d)?) s behind .*too late$/,
  )
})
