import { afterEach, expect, test } from 'vitest'
import { Worker } from '../../src/worker/worker.ts'
import * as behaviours from '../fixtures/behaviours.ts'
import { type Deployment, deploy, every } from '../fixtures/deployment.ts'
import { closedUpTo, heldSlot } from '../fixtures/slots.ts'

let deployment: Deployment
afterEach(() => deployment.close())

const UPDATE = '/update-engine'

test('three workers never have two updates in flight, and all slots have verdicts', async () => {
  deployment = await deploy({ timing: { timeout: 5000 } })
  deployment.engine.behave(UPDATE, behaviours.delay(2600))
  await deployment.producer()
  await Promise.all(['a', 'b', 'c'].map(name => deployment.worker(name)))
  await deployment.engine.waitFor(() => deployment.engine.count(UPDATE) === 3, 30_000)
  const last = await deployment.nextRun(({ verdict }) => verdict === 'succeeded')
  // A tick that came too late to be placed is the books' to close.
  await closedUpTo(deployment, last.slot ?? 0)
  expect(deployment.engine.maxInFlight(UPDATE)).toBe(1)
  const runs = await deployment.runs()
  const slots = runs.map(run => run.slot ?? 0)
  const first = slots[0] ?? 0
  expect(new Set(slots).size).toBe(slots.length)
  const missing = []
  for (let slot = first; slot <= (last.slot ?? 0); slot += 1000) {
    if (!slots.includes(slot)) missing.push(slot)
  }
  expect(missing).toEqual([])
  expect(runs.map(run => run.verdict)).toContain('skipped')
}, 60_000)

test('a call never leaves before its slot', async () => {
  deployment = await deploy({ schedules: [every(200)] })
  await deployment.producer()
  await deployment.worker()
  await deployment.engine.waitFor(() => deployment.engine.count(UPDATE) >= 15)
  for (const { at, headers } of deployment.engine.arrivals) {
    const key = headers['idempotency-key']
    if (typeof key === 'string') expect(at).toBeGreaterThanOrEqual(Number(key.split('@')[1]))
  }
})

test('one login serves a worker for the life of its token', async () => {
  deployment = await deploy({ schedules: [every(200), every(200, 'get-stats', 100)] })
  await deployment.producer()
  await deployment.worker()
  await deployment.engine.waitFor(() => deployment.engine.count(UPDATE) >= 10)
  expect(deployment.engine.logins).toBe(1)
})

test('a stopping worker gives back what it holds, and another calls in time', async () => {
  // Held for so long that a busy machine does all of this before the slot.
  const lead = 3000
  const phase = (Date.now() + 4500) % 6000
  deployment = await deploy({
    schedules: [every(6000, 'update-engine', phase)],
    timing: { lead },
  })
  await deployment.producer()
  const first = await deployment.worker('first')
  const slot = await heldSlot(deployment, lead)
  const gaveBack = deployment.next('gave-back')
  const run = deployment.nextRun()
  const stopped = first.stop()
  expect(await gaveBack).toMatchObject({ slot })
  await deployment.worker('second')
  await stopped
  expect(await run).toMatchObject({ slot, verdict: 'succeeded', worker: 'second' })
})

test('a stopping worker waits for a call in flight and records it', async () => {
  deployment = await deploy()
  deployment.engine.behave(UPDATE, behaviours.delay(700))
  await deployment.producer()
  const worker = await deployment.worker()
  await deployment.engine.waitFor(() => deployment.engine.inFlight(UPDATE) === 1)
  const run = deployment.nextRun()
  await worker.stop()
  expect(await run).toMatchObject({ verdict: 'succeeded' })
})

test('a stopping worker abandons a call when its time is over: unknown', async () => {
  deployment = await deploy({ timing: { shutdownTimeout: 100 } })
  deployment.engine.behave(UPDATE, behaviours.hang)
  await deployment.producer()
  const worker = await deployment.worker()
  await deployment.engine.waitFor(() => deployment.engine.inFlight(UPDATE) === 1)
  const run = deployment.nextRun()
  await worker.stop()
  expect(await run).toMatchObject({ verdict: 'unknown', reason: 'aborted' })
})

test('a worker that is stopped while it starts does not begin after all', async () => {
  deployment = await deploy()
  const { events } = deployment
  const said: string[] = []
  events.on('started', () => said.push('started'))
  events.on('stopped', () => said.push('stopped'))
  const worker = new Worker({ config: deployment.config(), events, version: 'test' })
  const starting = worker.start()
  await worker.stop()
  await starting
  expect(said).toEqual(['stopped'])
})

test('a job of an unknown version fails alone, and ticks go on', async () => {
  deployment = await deploy()
  await deployment.producer()
  await deployment.worker()
  const { Queue } = await import('bullmq')
  const queue = new Queue('calls', { connection: deployment.redis, prefix: deployment.prefix })
  const warned = await queue.add('odd', { v: 99 })
  for (let runs = 0; runs < 2; runs += 1) {
    await deployment.nextRun(({ verdict }) => verdict === 'succeeded')
  }
  await expect.poll(() => warned.getState()).toBe('failed')
  expect(deployment.engine.count(UPDATE)).toBeGreaterThanOrEqual(2)
})

test('no secret reaches Redis', async () => {
  deployment = await deploy({ engine: { password: 'S3cr3t-pass-word' } })
  await deployment.producer()
  await deployment.worker()
  await deployment.nextRun()
  const { redis, prefix, engine } = deployment
  const tokens = engine.arrivals.map(({ headers }) => headers.authorization?.split(' ')[1])
  const secrets = ['S3cr3t-pass-word', ...tokens.filter(token => token !== undefined)]
  expect(secrets.length).toBeGreaterThan(1)
  await redis.config('SET', 'rdbcompression', 'no')
  for (const key of await redis.keys(`${prefix}*`)) {
    const dump = (await redis.dumpBuffer(key))?.toString('latin1') ?? ''
    for (const secret of secrets) expect(dump).not.toContain(secret)
  }
})
