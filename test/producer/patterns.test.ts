import { expect, test } from 'vitest'
import { deploy } from '../fixtures/deployment.ts'
import { calledSlots } from '../fixtures/slots.ts'

test('the ticks of a pattern come with their lead, one for each slot', async () => {
  const grid = { cron: '* * * * * *', timezone: 'Europe/Berlin' }
  const deployment = await deploy({ schedules: [{ job: 'update-engine', grid }] })
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
  // Without a lead, a worker hears of a tick up to 100 ms late.
  expect(late.sort((a, b) => a - b)[1]).toBeLessThan(50)
  await deployment.close()
})
