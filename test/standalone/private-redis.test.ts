import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { type PrivateRedis, startPrivateRedis } from '../../src/standalone/private-redis.ts'
import { askRedis, identifyRedis } from '../../src/standalone/redis-answer.ts'

/** A server that outlived its owner would never end: a guard against hanging alone. */
const LIMIT = { timeout: 15_000 }
const SOURCES = join(import.meta.dirname, '../../src')

let dir: string
const running: PrivateRedis[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hft private 'redis' "))
})

afterEach(async () => {
  for (const redis of running.splice(0)) await redis.stop()
  await rm(dir, { recursive: true, force: true })
})

async function start(port = 0, events = createEvents()): Promise<PrivateRedis> {
  const redis = await startPrivateRedis({ dir, port, events })
  running.push(redis)
  return redis
}

test('runs with the settings that a queue needs', async () => {
  const redis = await start()
  const names = [
    'appendonly',
    'appendfsync',
    'maxmemory-policy',
    'hz',
    'dynamic-hz',
    'bind',
    'save',
  ]
  const answer = await askRedis(redis.port, [`CONFIG GET ${names.join(' ')}`], LIMIT.timeout)
  const values = answer.split('\r\n').filter(line => !/^[*$+]/.test(line))
  const settings = Object.fromEntries(
    names.map(name => [name, values[values.indexOf(name) + 1] ?? '']),
  )
  expect(settings).toEqual({
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    hz: '100',
    'dynamic-hz': 'no',
    bind: '127.0.0.1',
    save: '',
  })
  expect(await identifyRedis(redis.port)).toEqual({ pid: redis.pid, dir })
})

test('keeps its data over a stop and a new start', async () => {
  const first = await start()
  await askRedis(first.port, ['SET greeting hello'], LIMIT.timeout)
  await first.stop()
  const second = await start()
  expect(await askRedis(second.port, ['GET greeting'], LIMIT.timeout)).toContain('hello')
})

test('announces its start and its end, and stops twice without complaint', async () => {
  const events = createEvents()
  const seen: string[] = []
  events.on('started', ({ part }) => seen.push(`${part} started`))
  events.on('stopped', ({ part }) => seen.push(`${part} stopped`))
  const redis = await start(0, events)
  await redis.stop()
  await redis.stop()
  expect(await redis.exited).toContain('ready to exit')
  expect(seen).toEqual(['redis started', 'redis stopped'])
})

test('tells when the server ended by itself', async () => {
  const redis = await start()
  process.kill(redis.pid, 'SIGKILL')
  expect(await redis.exited).toMatch(/Killed|exit code 137/)
})

test('says that a port is in use', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await expect(start(port)).rejects.toMatchObject({
    code: 'exited',
    message: expect.stringMatching(/Address already in use/),
  })
  server.close()
})

test('says that a folder cannot be written', async () => {
  const file = join(dir, 'file')
  await writeFile(file, '')
  const attempt = startPrivateRedis({ dir: join(file, 'below'), events: createEvents() })
  await expect(attempt).rejects.toMatchObject({
    code: 'not-writable',
    message: expect.stringContaining('cannot write in'),
  })
})

test('shows the log of a server that cannot read its data', async () => {
  const redis = await start()
  await askRedis(redis.port, ['SET greeting hello'], LIMIT.timeout)
  await redis.stop()
  const aof = join(dir, 'appendonlydir', 'appendonly.aof.1.incr.aof')
  await writeFile(aof, `${await readFile(aof)}no such format\r\n`)
  await expect(start()).rejects.toMatchObject({
    code: 'exited',
    message: expect.stringMatching(/Bad file format reading the append only file/),
  })
})

// Of the places that are searched besides the PATH. Where one has a server, it is found, rightly.
const ELSEWHERE = ['/usr/local/bin', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].concat(
  '/opt/local/bin',
)
const found = ELSEWHERE.some(place => existsSync(`${place}/redis-server`))

test.skipIf(found)('says that there is no redis-server', async () => {
  vi.stubEnv('PATH', dir)
  const attempt = startPrivateRedis({ dir, events: createEvents() })
  await expect(attempt).rejects.toMatchObject({ code: 'no-redis-server' })
  vi.unstubAllEnvs()
})

test('ends with its owner, even when that is killed', async () => {
  const owner = await startOwner()
  const { pid, port } = await owner.redis
  owner.child.kill('SIGKILL')
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), LIMIT)
  await expect(askRedis(port, ['PING'], LIMIT.timeout)).rejects.toThrow('ECONNREFUSED')
})

test('outlives a Ctrl-C in the terminal of its owner', async () => {
  const owner = await startOwner()
  const { pid } = await owner.redis
  // The terminal sends the signal to the whole group of the program in front.
  process.kill(-(owner.child.pid ?? 0), 'SIGINT')
  // What it said last may be read after its exit.
  await once(owner.child, 'close')
  expect(owner.lines).toContain(`after SIGINT: +PONG from ${pid}`)
})

/** A program in a process group of its own that starts a private Redis and ends at SIGINT. */
async function startOwner(): Promise<{
  child: ChildProcess
  redis: Promise<{ pid: number; port: number }>
  lines: string[]
}> {
  const program = `
    import { startPrivateRedis } from '${SOURCES}/standalone/private-redis.ts'
    import { askRedis } from '${SOURCES}/standalone/redis-answer.ts'
    import { createEvents } from '${SOURCES}/events.ts'
    const redis = await startPrivateRedis({ dir: ${JSON.stringify(dir)}, events: createEvents() })
    process.once('SIGINT', async () => {
      const answer = await askRedis(redis.port, ['PING'], 15_000)
      console.log('after SIGINT: ' + answer.split('\\r')[0] + ' from ' + redis.pid)
      await redis.stop()
    })
    console.log(JSON.stringify({ pid: redis.pid, port: redis.port }))`
  const file = join(dir, 'owner.mts')
  await writeFile(file, program)
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', line => lines.push(line))
  const redis = once(reader, 'line').then(([line]) => JSON.parse(line))
  return { child, redis, lines }
}
