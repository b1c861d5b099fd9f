import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Deployment, deploy, every } from '../fixtures/deployment.ts'
import { startRedis } from '../fixtures/redis.ts'

const UPDATE = 'default/update-engine'
const STATS = 'default/get-stats'
const both = { schedules: [every(1000), every(1000, 'get-stats', 500)] }
const slower = { schedules: [every(2000), every(1000, 'get-stats', 500)] }
const less = { schedules: [every(2000)] }

async function start(redis?: string): Promise<Deployment> {
  const deployment = await deploy(redis === undefined ? both : { ...both, redis })
  onTestFinished(() => deployment.close())
  return deployment
}

const declared = ({ redis, keys }: Deployment) =>
  redis.hkeys(keys.schedules).then(ids => ids.sort())

test('a removal waits for the last producer that declares it, and both say so', async () => {
  const deployment = await start()
  const { redis, keys, next } = deployment
  const first = await deployment.producer('first', both)
  const [disagree, refused] = [next('producers-disagree'), next('declaration-refused')]
  const second = await deployment.producer('second', less)
  const differences = [`${UPDATE} every 2 s, not every 1 s`, `${STATS} not at all`]
  expect(await disagree).toMatchObject({ producer: 'second', by: 'first', differences })
  const what = `this would remove ${STATS}, still declared by first`
  expect(await refused).toMatchObject({ what, by: 'first', differences })
  expect(await declared(deployment)).toEqual([STATS, UPDATE])
  for (const producer of [first, second]) {
    const [check] = producer.checks().filter(({ name }) => name === 'agreement')
    await expect
      .poll(() => producer.checks())
      .toContainEqual({ ...check, ok: false, detail: expect.stringContaining('second') })
    expect(check?.probe).toBe('healthz')
  }
  // A restart of the first changes nothing, though it is the newer one then.
  await first.stop()
  const again = await deployment.producer('first again', both)
  await sleep(3000)
  expect(await redis.hget(keys.declaration, 'by')).toBe('first again')
  const removed = next('declared', ({ change }) => change === 'removed')
  await again.stop()
  expect(await removed).toEqual({ schedule: STATS, change: 'removed' })
  expect(await redis.hget(keys.declaration, 'by')).toBe('second')
  await expect
    .poll(() => second.checks())
    .toContainEqual(expect.objectContaining({ name: 'agreement', ok: true }))
}, 120_000)

test('a rolling update of the interval: an old one that starts again does not undo it', async () => {
  const deployment = await start()
  await deployment.producer('old 1', both)
  const second = await deployment.producer('old 2', both)
  const superseded = deployment.next('declaration-superseded')
  await deployment.producer('new 1', slower)
  expect(await superseded).toMatchObject({ by: 'new 1' })
  await second.stop()
  const refused = deployment.next('declaration-refused')
  await deployment.producer('old 2 again', both)
  expect(await refused).toMatchObject({
    what: 'this would bring back settings that new 1 replaced',
  })
  expect(await deployment.redis.hget(deployment.keys.declaration, 'by')).toBe('new 1')
}, 120_000)

test('a waiting producer takes nothing away after everything was lost', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const deployment = await start(server.url)
  const { redis, keys, next } = deployment
  await deployment.producer('first', both)
  const refused = next('declaration-refused')
  await deployment.producer('second', less)
  await refused
  await sleep(3000)
  const repaired = next('repaired')
  await redis.flushall()
  await repaired
  await sleep(8000)
  expect(await declared(deployment)).toEqual([STATS, UPDATE])
  expect(await redis.hkeys(keys.intents)).toHaveLength(2)
}, 120_000)

test('two that start at the same moment: whoever does not count says so', async () => {
  const deployment = await start()
  const { next } = deployment
  const said = Promise.race([next('declaration-refused'), next('declaration-superseded')])
  await Promise.all([deployment.producer('a', both), deployment.producer('b', less)])
  const { by } = await said
  expect(await declared(deployment)).toEqual(by === 'a' ? [STATS, UPDATE] : [UPDATE])
}, 60_000)

test('producers with the same settings say nothing, and one that ends leaves no intent', async () => {
  const deployment = await start()
  const said: string[] = []
  for (const name of [
    'producers-disagree',
    'declaration-superseded',
    'declaration-refused',
  ] as const) {
    deployment.events.on(name, () => said.push(name))
  }
  const first = await deployment.producer('first', both)
  await deployment.producer('second', both)
  await sleep(5000)
  await first.stop()
  expect(said).toEqual([])
  expect(await deployment.redis.hkeys(deployment.keys.intents)).toEqual(['second'])
}, 60_000)
