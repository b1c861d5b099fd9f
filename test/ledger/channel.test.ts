import { expect, inject, it, onTestFinished } from 'vitest'
import { createEvents } from '../../src/events.ts'
import { Answers } from '../../src/ledger/answers.ts'
import { recordedChannel } from '../../src/ledger/channel.ts'
import { follow } from '../../src/ledger/follow.ts'
import { keysOf } from '../../src/ledger/keys.ts'
import { Ledger } from '../../src/ledger/ledger.ts'
import type { Run } from '../../src/ledger/run.ts'
import { createRedis, type Redis } from '../../src/redis.ts'
import { runOf } from '../fixtures/books.ts'
import { freshPrefix, startRedis } from '../fixtures/redis.ts'

const id = 'default/update-engine'
const retention = { runs: 100, runsAge: 1e12, stats: 100, statsAge: 1e12 }

function connect(url: string): Redis {
  const redis = createRedis({ url, ca: null }, 'test', createEvents())
  onTestFinished(() => redis.disconnect())
  return redis
}

function ledgerIn(redis: Redis, prefix: string) {
  return new Ledger({ redis, keys: keysOf(prefix), retention })
}

/** Follows one schedule until the test is over. */
function followed(redis: Redis, prefix: string) {
  const end = new AbortController()
  onTestFinished(() => end.abort())
  const told: string[] = []
  const runs: Run[] = []
  const begun = (async () => {
    const all = follow({
      ...{ redis, keys: keysOf(prefix), signal: end.signal, fits: () => true },
      ...{ schedules: async () => [id], past: async () => [], period: () => 200 },
      tell: message => told.push(message),
    })
    await all.next()
    void (async () => {
      for await (const some of all) runs.push(...some)
    })()
  })()
  return { begun, runs, told }
}

it('announces in one database what happens in it', async () => {
  const prefix = freshPrefix()
  const [zero, one] = [connect(inject('redisUrl')), connect(`${inject('redisUrl')}/1`)]
  expect(recordedChannel(zero, keysOf(prefix))).toBe(`${prefix}:recorded`)
  expect(recordedChannel(one, keysOf(prefix))).toBe(`${prefix}:recorded:1`)
  const there = followed(one, prefix)
  const answers = await Answers.open(one, keysOf(prefix))
  onTestFinished(() => answers.close())
  await there.begun
  const slot = 1_700_000_000_000
  const record = (redis: Redis, at: number) =>
    ledgerIn(redis, prefix).record({
      ...{ run: runOf({ slot: at }), key: at, release: null, stats: null },
    })
  await record(zero, slot)
  await record(one, slot + 1000)
  await expect.poll(() => there.runs.length).toBeGreaterThan(0)
  expect(there.runs.map(run => run.slot)).toEqual([slot + 1000])
})

it('follows and answers without the right to listen, and says so', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const admin = connect(server.url)
  await admin.call('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '+@all')
  const redis = connect(`redis://app:pw@127.0.0.1:${server.port}`)
  const prefix = freshPrefix()
  const there = followed(redis, prefix)
  const answers = await Answers.open(redis, keysOf(prefix))
  onTestFinished(() => answers.close())
  await there.begun
  expect(there.told).toEqual([
    `no right to listen to channel ${prefix}:recorded (+subscribe, &${prefix}:recorded): runs show late`,
  ])
  const asked = 1_700_000_000_000
  const manual = runOf({ slot: null, at: asked, asked, request: 'r' })
  const ledger = ledgerIn(redis, prefix)
  await ledger.record({ run: manual, key: asked, release: null, stats: null })
  await expect.poll(() => there.runs).toEqual([manual])
  const request = { schedule: id, id: 'r', at: asked }
  expect(await answers.to(request, AbortSignal.timeout(30_000))).toEqual(manual)
})
