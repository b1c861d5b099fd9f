import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { workplace } from '../fixtures/cli.ts'
import { startEngine } from '../fixtures/engine.ts'
import { environmentFor } from '../fixtures/environment.ts'

/** Until a process has started and called: a guard against hanging alone, ms. */
const LIMIT = 60_000
const NOBODY = { url: 'http://127.0.0.1:1', username: 'me', password: 's3cret' }

describe.concurrent('a producer', () => {
  test('that runs once registers and ends, and the calls go on without it', async t => {
    const engine = await startEngine()
    t.onTestFinished(() => engine.close())
    const place = await workplace(t)
    const env = environmentFor(engine)
    const first = await place.run(['producer', '--once'], env)
    expect([first.code, first.stderr]).toEqual([0, ''])
    expect(first.lines().map(({ event, schedule }) => [event, schedule])).toEqual([
      ['declared', 'default/update-engine'],
      ['declared', 'default/get-stats'],
      ['started', undefined],
      ['stopped', undefined],
    ])
    const again = await place.run(['producer', '--once'], env)
    expect(again.code).toBe(0)
    expect(again.lines().filter(({ event }) => event === 'declared')).toEqual([])

    const worker = place.start(['worker'], env)
    const called = () => engine.count('/update-engine') > 2 && engine.count('/stats') > 2
    await engine.waitFor(called, LIMIT)
    expect((await worker.end()).code).toBe(0)
    expect(engine.logins).toBe(1)
  })

  test('needs no credentials', async t => {
    const place = await workplace(t)
    const { REDIS_URL, SCHEDULER_PREFIX } = environmentFor(NOBODY)
    const { code } = await place.run(['producer', '--once', '--api-host', 'engine.example'], {
      REDIS_URL: REDIS_URL ?? '',
      SCHEDULER_PREFIX: SCHEDULER_PREFIX ?? '',
    })
    expect(code).toBe(0)
  })

  test('goes on until it is told to stop', async t => {
    const place = await workplace(t)
    const env = environmentFor(NOBODY)
    const producers = [place.start(['producer'], env), place.start(['producer'], env)]
    for (const producer of producers) await producer.event('started')
    const [first, second] = await Promise.all(producers.map(producer => producer.end()))
    for (const end of [first, second]) {
      expect(end?.code).toBe(0)
      expect(end?.took).toBeLessThan(20_000)
    }
    expect(producers.map(producer => producer.stderr())).toEqual(['', ''])
  })
})

test('a producer that runs once says soon that there is no Redis', async t => {
  const place = await workplace(t)
  const silent = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1')
  t.onTestFinished(() => void silent.close())
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const url = (at: number) => `redis://me:s3cret@127.0.0.1:${at}`
  let asked = 0
  silent.once('connection', () => {
    asked = Date.now()
  })
  const unanswering = place.start(['producer', '--once'], { REDIS_URL: url(port) })
  const refused = await place.run(['producer', '--once'], { REDIS_URL: url(1) })
  const { code, at } = await unanswering.ended
  // It waits for 3 s, as it says; whoever waits for Redis without an end is not back at all.
  expect(at - asked).toBeLessThan(20_000)
  expect(refused).toMatchObject({ code: 69, stdout: '' })
  expect(refused.stderr).toBe(
    'hft-scheduler: Redis is out of reach at redis://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\n' +
      '  set REDIS_URL (or --redis-url), or run this where `hft-scheduler up` runs\n',
  )
  expect([code, unanswering.stdout()]).toEqual([69, ''])
  expect(unanswering.stderr()).toContain(`redis://127.0.0.1:${port}: no answer within 3 s\n`)
})
