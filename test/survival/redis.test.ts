import { readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import * as behaviours from '../fixtures/behaviours.ts'
import { expectTrue, poll, startSystem } from './system.ts'

vi.setConfig({ testTimeout: 300_000 })

const AOF = { args: ['--appendonly', 'yes'] }

test('Redis killed and back: ticks resume within seconds, the books add up', async () => {
  const system = await startSystem({ redis: AOF, workers: 2 })
  await system.ticking()
  await system.redisServer.kill9()
  await sleep(2000)
  await system.redisServer.restart()
  const back = Date.now()
  const run = await system.ticking()
  expect(run.at - back).toBeLessThan(15_000)
  await system.ticking()
  await expectTrue(system)
})

test.each([5, 60])(
  'Redis frozen for %i s: no call without a lease, ticks resume',
  async seconds => {
    const system = await startSystem({ workers: 2 })
    await system.ticking()
    process.kill(system.redisServer.pid, 'SIGSTOP')
    await sleep(1000)
    const during = system.called().length
    await sleep((seconds - 1) * 1000)
    expect(system.called().length).toBe(during)
    process.kill(system.redisServer.pid, 'SIGCONT')
    const back = Date.now()
    const run = await system.ticking()
    expect(run.at - back).toBeLessThan(15_000)
    await system.ticking()
    await expectTrue(system)
  },
)

test('memory used up: a call that was made is recorded once there is memory again', async () => {
  const system = await startSystem({ workers: 2 })
  await system.ticking()
  system.engine.behave('/update-engine', behaviours.delay(900), 1)
  const before = system.called().length
  await system.engine.waitFor(() => system.called().length > before)
  await system.redis.config('SET', 'maxmemory', '1')
  const full = system.called().length
  await sleep(5000)
  const during = system.called().length
  // One may have had its lease already.
  expect(during).toBeLessThanOrEqual(full + 1)
  await system.redis.config('SET', 'maxmemory', '0')
  const back = Date.now()
  const run = await system.ticking()
  expect(run.at - back).toBeLessThan(30_000)
  await expectTrue(system)
})

test('the disk full under the append-only file: a call that was made is recorded once there is room', async () => {
  const system = await startSystem({ redis: AOF, workers: 2 })
  await system.ticking()
  const dir = join(String((await system.redis.config('GET', 'dir'))[1]), 'appendonlydir')
  const [current = ''] = readdirSync(dir).filter(name => name.endsWith('.incr.aof'))
  const number = Number(current.split('.').at(-3))
  // What Redis writes next goes where there never is any room.
  const full = join(dir, current.replace(`.${number}.incr`, `.${number + 1}.incr`))
  symlinkSync('/dev/full', full)
  system.engine.behave('/update-engine', behaviours.delay(900), 1)
  const before = system.called().length
  await system.engine.waitFor(() => system.called().length > before)
  await system.redis.bgrewriteaof()
  await poll(async () =>
    (await system.redis.info('persistence')).includes('aof_last_write_status:err'),
  )
  const failing = system.called().length
  await sleep(3000)
  const during = system.called().length
  rmSync(full)
  await poll(() => system.redis.bgrewriteaof().catch(() => null))
  const run = await system.ticking()
  // One may have had its lease already.
  expect(during).toBeLessThanOrEqual(failing + 1)
  expect(run.verdict).toBe('succeeded')
  await expectTrue(system)
})

test('a master that turns into a replica and back: ticks resume', async () => {
  const system = await startSystem({ workers: 2 })
  await system.ticking()
  const { host, port } = { host: '127.0.0.1', port: '1' }
  await system.redis.call('REPLICAOF', host, port)
  await sleep(3000)
  await system.redis.call('REPLICAOF', 'NO', 'ONE')
  await system.ticking()
  await system.ticking()
  await expectTrue(system)
})
