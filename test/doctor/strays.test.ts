import { expect, it, onTestFinished } from 'vitest'
import { strays } from '../../src/doctor/strays.ts'
import { keysOf } from '../../src/ledger/keys.ts'
import { connectRedis } from '../../src/redis.ts'
import { connectedTo, lines } from '../fixtures/doctor.ts'
import { startRedis } from '../fixtures/redis.ts'

it('names the part that is missing where it stands: another prefix, another database', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const present = async (
    part: 'producer' | 'worker',
    name: string,
    prefix: string,
    database = 0,
  ) => {
    const redis = await connectRedis({ url: `${server.url}/${database}`, ca: null })
    const presence = { part, name: `${name}#ab12`, version: '1', since: 1, seen: Date.now() }
    await redis.hset(keysOf(prefix).processes, `${part}:${name}`, JSON.stringify(presence))
    redis.disconnect()
  }
  await present('producer', 'p1', '{mine}')
  await present('worker', 'w1', '{other}')
  await present('worker', 'w2', '{mine}', 3)
  await present('producer', 'p9', '{other}', 3)
  const subject = async () => {
    const it = await connectedTo({ REDIS_URL: server.url, SCHEDULER_PREFIX: 'mine' })
    onTestFinished(() => it.disconnect())
    return it
  }
  expect(lines(await strays(await subject()))).toEqual([
    'warning processes: no worker is alive under {mine}, but under {other}: w1',
    'warning processes: no worker is alive under {mine}, but under {mine} of database 3: w2',
  ])
  await present('worker', 'w3', '{mine}')
  expect(await strays(await subject())).toEqual([])
})
