import { expect, onTestFinished, test } from 'vitest'
import * as behaviours from '../fixtures/behaviours.ts'
import { deploy } from '../fixtures/deployment.ts'
import { startRedis } from '../fixtures/redis.ts'
import { calledSlots } from '../fixtures/slots.ts'

const UPDATE = '/update-engine'

test('a stopping worker waits for Redis to take the verdicts of its calls', async () => {
  const server = await startRedis()
  const deployment = await deploy({
    redis: server.url,
    timing: { shutdownTimeout: 15_000 },
  })
  const { engine, redis, keys, producer, worker, runs } = deployment
  onTestFinished(async () => {
    await deployment.close()
    await server.stop()
  })
  engine.behave(UPDATE, behaviours.delay(300), 1)
  await producer()
  const stopping = await worker()
  await engine.waitFor(() => engine.inFlight(UPDATE) === 1)
  await redis.client('PAUSE', 4000, 'WRITE')
  await engine.waitFor(() => engine.inFlight(UPDATE) === 0)
  const [slot] = calledSlots(deployment)
  await stopping.stop()
  expect((await runs()).find(run => run.slot === slot)).toMatchObject({ verdict: 'succeeded' })
  expect(await redis.exists(keys.lease('default/update-engine'))).toBe(0)
})
