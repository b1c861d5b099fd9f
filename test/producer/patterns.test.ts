import { expect, onTestFinished, test } from 'vitest'
import { deploy } from '../fixtures/deployment.ts'
import { calledSlots } from '../fixtures/slots.ts'

test('the ticks of a pattern come with their lead, one for each slot', async () => {
  const grid = { cron: '* * * * * *', timezone: 'Europe/Berlin' }
  const deployment = await deploy({ schedules: [{ job: 'update-engine', grid }] })
  onTestFinished(() => deployment.close())
  await deployment.producer()
  await deployment.worker()
  await deployment.engine.waitFor(() => deployment.engine.count('/update-engine') >= 4)
  const slots = calledSlots(deployment)
  expect(slots).toEqual([0, 1, 2, 3].map(second => (slots[0] ?? 0) + second * 1000))
  const late = deployment.engine.arrivals.flatMap(({ at, headers }) => {
    const key = headers['idempotency-key']
    return typeof key === 'string' ? [at - Number(key.split('@')[1])] : []
  })
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
  // The worker placed it. Without a lead, one hears of a tick up to 100 ms late.
  const { redis, prefix } = deployment
  const pending = async () => {
    const [tick, score] = await redis.zrange(`${prefix}:calls:delayed`, '0', '0', 'WITHSCORES')
    return [Number(tick?.split(':').at(-1)), Math.floor(Number(score) / 4096)].map(at => at % 1000)
  }
  await expect.poll(pending).toEqual([750, 750])
})
