import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { lockFolder } from '../../src/standalone/folder.ts'
import { startPrivateRedis } from '../../src/standalone/private-redis.ts'
import { askRedis, identifyRedis } from '../../src/standalone/redis-answer.ts'

let dir: string
const events = createEvents()
const version = '1.2.3'

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hft-folder-'))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

const upJson = async () => JSON.parse(await readFile(join(dir, 'up.json'), 'utf8'))
const writeState = (state: object) =>
  writeFile(join(dir, 'up.json'), JSON.stringify({ port: null, startedAt: 0, version, ...state }))

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

test('writes who runs here, and where its Redis listens', async () => {
  const folder = await lockFolder({ dir, version })
  expect(await upJson()).toMatchObject({ pid: process.pid, port: null, version })
  await folder.announce(7777)
  expect(await upJson()).toMatchObject({ pid: process.pid, port: 7777, version })
  await folder.release()
  await folder.release()
  await expect(upJson()).rejects.toThrow('ENOENT')
})

test('makes the folder', async () => {
  const folder = await lockFolder({ dir: join(dir, 'a', 'b'), version })
  await folder.release()
})

test('refuses a second one while the first starts', async () => {
  const folder = await lockFolder({ dir, version })
  await expect(lockFolder({ dir, version })).rejects.toMatchObject({
    code: 'already-running',
    message: `another one runs in this folder (pid ${process.pid})`,
  })
  await folder.release()
})

test('refuses a second one while the Redis of the first runs', async () => {
  const folder = await lockFolder({ dir, version })
  const redis = await startPrivateRedis({ dir: folder.redisDir, events })
  await folder.announce(redis.port)
  await expect(lockFolder({ dir, version })).rejects.toMatchObject({
    code: 'already-running',
    message: `another one runs in this folder (pid ${process.pid}, Redis on port ${redis.port})`,
  })
  await redis.stop()
  await folder.release()
})

test('gives the folder to one of many that start at once', async () => {
  const attempts = Array.from({ length: 5 }, () => lockFolder({ dir, version }))
  const results = await Promise.allSettled(attempts)
  expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1)
})

test('takes over from a process that has crashed', async () => {
  await writeState({ pid: await deadPid(), port: 1 })
  const folder = await lockFolder({ dir, version })
  expect(await upJson()).toMatchObject({ pid: process.pid })
  await folder.release()
})

test('takes over from a state that cannot be read', async () => {
  await writeFile(join(dir, 'up.json'), '{"pid":')
  const folder = await lockFolder({ dir, version })
  await folder.release()
})

test('takes over when the process id came round to another program', async () => {
  await writeState({ pid: process.ppid, port: 1 })
  const folder = await lockFolder({ dir, version })
  await folder.release()
})

test('takes over when the process id came round to itself', async () => {
  await writeState({ pid: process.pid })
  const folder = await lockFolder({ dir, version })
  await folder.release()
})

test('ends the Redis that a crashed one left on this data', async () => {
  const redis = await startPrivateRedis({ dir: join(dir, 'redis'), events })
  await writeState({ pid: await deadPid(), port: redis.port })
  const folder = await lockFolder({ dir, version })
  expect(await redis.exited).toContain('ready to exit')
  await folder.release()
})

test('starts no second Redis beside one that a crashed one left and that does not answer', async () => {
  const redis = await startPrivateRedis({ dir: join(dir, 'redis'), events })
  const { pid } = (await identifyRedis(redis.port)) ?? { pid: 0 }
  await writeState({ pid: await deadPid(), port: redis.port })
  process.kill(pid, 'SIGSTOP')
  await expect(lockFolder({ dir, version })).rejects.toMatchObject({
    code: 'leftover',
    message: expect.stringMatching(/^what listens on port \d+ does not answer: /),
  })
  process.kill(pid, 'SIGCONT')
  const folder = await lockFolder({ dir, version })
  expect(await redis.exited).toContain('ready to exit')
  await folder.release()
})

test('leaves the Redis of another folder alone', async () => {
  await mkdir(join(dir, 'other'))
  const redis = await startPrivateRedis({ dir: join(dir, 'other'), events })
  await writeState({ pid: await deadPid(), port: redis.port })
  const folder = await lockFolder({ dir, version })
  expect(await askRedis(redis.port, ['PING'], 15_000)).toContain('+PONG')
  await redis.stop()
  await folder.release()
})

test('does not announce once another one has taken the folder', async () => {
  const folder = await lockFolder({ dir, version })
  // In a container beside ours, with the same process id, started in the same millisecond.
  await writeState({ ...(await upJson()), id: 'another' })
  await expect(folder.announce(7777)).rejects.toMatchObject({ code: 'already-running' })
  await folder.release()
  expect(await upJson()).toMatchObject({ id: 'another' })
})

test('says that the folder cannot be written', async () => {
  await writeFile(join(dir, 'file'), '')
  await expect(lockFolder({ dir: join(dir, 'file', 'x'), version })).rejects.toMatchObject({
    code: 'not-writable',
    message: expect.stringContaining('cannot write in'),
  })
})
