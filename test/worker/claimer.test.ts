import { expect, it, onTestFinished } from 'vitest'
import { deploy, every } from '../fixtures/deployment.ts'
import { startRedis } from '../fixtures/redis.ts'

it('wakes another worker for what is given back, though somebody took the wake-up', async () => {
  // Of its own, for what waits there is counted.
  const server = await startRedis()
  // All of this is done between a claim and its slot. Whoever is not woken looks again 10 s after the
  // claim at the earliest, which is too late.
  const lead = 6000
  const phase = (Date.now() + lead + 1500) % (2 * lead)
  const change = {
    schedules: [every(2 * lead, 'update-engine', phase)],
    timing: { lead, maxLateness: 3500 },
    redis: server.url,
  }
  const deployment = await deploy(change)
  const { redis, prefix } = deployment
  const thief = redis.duplicate()
  onTestFinished(async () => {
    thief.disconnect()
    await deployment.close()
    await server.stop()
  })
  const blocked = async () => Number(/blocked_clients:(\d+)/.exec(await redis.info('clients'))?.[1])
  await deployment.producer()
  // At its limit, it does not wait for more.
  const first = await deployment.worker('w1', { ...change, concurrency: 1 })
  // From the next slot on all are due for sure.
  const before = await deployment.nextRun()
  // The tick of that run is active for another moment.
  const claimed = async () =>
    Number((await redis.lindex(`${prefix}:calls:active`, 0))?.split(':').at(-1))
  await expect.poll(claimed, { timeout: 30_000 }).toBeGreaterThan(before.slot ?? 0)
  // Whoever waits longest is woken; what woke the first worker can be there still.
  const marker = `${prefix}:calls:marker`
  await redis.del(marker)
  const stolen = thief.bzpopmin(marker, 0)
  await expect.poll(blocked).toBe(1)
  await deployment.worker('w2')
  await expect.poll(blocked).toBe(2)
  const back = deployment.next('gave-back')
  const run = deployment.nextRun()
  await first.stop()
  await stolen
  const { slot } = await back
  expect(await run).toMatchObject({ slot, verdict: 'succeeded', worker: 'w2' })
}, 60_000)
