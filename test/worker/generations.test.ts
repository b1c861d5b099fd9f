import { expect, onTestFinished, test } from 'vitest'
import { JOBS, type JobName } from '../../src/jobs.ts'
import type { Run } from '../../src/ledger/run.ts'
import { Producer } from '../../src/producer/producer.ts'
import { GENERATIONS, type Generation } from '../../src/simulation.ts'
import { Worker } from '../../src/worker/worker.ts'
import { deploy, every } from '../fixtures/deployment.ts'
import { simulatedEngine } from '../fixtures/simulated-engine.ts'

/** A producer and a worker that call the simulated engine of this generation twice a second. */
async function calling(generation: Generation) {
  const simulated = await simulatedEngine({ generation })
  const deployment = await deploy({ retry: { attempts: 3, backoff: 20 } })
  const { url, username, password } = simulated.engine
  const schedules = [every(1000), every(1000, 'get-stats', 500)]
  const engines = [{ id: 'default', url, username, password, ca: null, schedules }]
  const options = {
    ...{ config: { ...deployment.config(), engines }, events: deployment.events },
    version: 'test',
  }
  const parts = [new Worker(options), new Producer(options)]
  onTestFinished(async () => {
    for (const part of parts) await part.stop()
    await deployment.close()
  })
  for (const part of parts) await part.start()
  const token = await simulated.token()
  /** The next run of a job that ends so: what was under way may end as before. */
  const ends = (job: JobName, verdict: Run['verdict'], reason: string | null = null) =>
    deployment.nextRun(run => run.job === job && run.verdict === verdict && run.reason === reason)
  return {
    ...simulated,
    deployment,
    get: async (path: string) => (await simulated.get(path, token)).status,
    ends,
    both: (verdict: Run['verdict'], reason?: string) =>
      Promise.all(JOBS.map(job => ends(job, verdict, reason))),
  }
}

test.each(GENERATIONS)(
  'the %s generation is understood: running, stopped, started, restarted with another secret',
  async generation => {
    const { engine, calls, get, both } = await calling(generation)
    await both('succeeded')
    expect(await get('/stop')).toBe(200)
    for (const run of await both('engine-stopped')) {
      expect(run).toMatchObject({ status: generation === 'first' ? 404 : 200, attempts: 1 })
    }
    expect(await get('/start')).toBe(200)
    await both('succeeded')
    calls.length = 0
    engine.newSecret()
    // Those under way may have been answered before; the next ones were not.
    for (const _ of [1, 2]) await both('succeeded')
    expect(calls.some(({ status }) => status === 422)).toBe(true)
    expect(calls.some(({ path, status }) => path === '/login' && status === 200)).toBe(true)
  },
)

test.each(GENERATIONS)('the %s generation tells numbers that JSON has not', async generation => {
  const { engine, deployment, both } = await calling(generation)
  const most = 2n ** 256n - 1n
  engine.say({ price_current: Number.NaN, hedge: Number.NEGATIVE_INFINITY, wei: most })
  for (const _ of [1, 2]) await both('succeeded')
  const [entry] = await deployment.redis.xrevrange(deployment.keys.stats('default'), '+', '-')
  const fields = entry?.[1] ?? []
  const told = (name: string) => fields[fields.indexOf(name) + 1]
  expect([told('price_current'), told('hedge'), told('wei')]).toEqual(['null', 'null', `"${most}"`])
})

test.each(GENERATIONS)(
  'the %s generation, failing in mid-update, is called once per slot',
  async generation => {
    const { engine, transactions, deployment, ends } = await calling(generation)
    await ends('update-engine', 'succeeded')
    engine.fail('mint')
    engine.leaveRange()
    for (const _ of [1, 2]) {
      expect(await ends('update-engine', 'failed', 'http-500')).toMatchObject({ attempts: 1 })
    }
    // The position is told all the same.
    await ends('get-stats', 'succeeded')
    engine.heal()
    await ends('update-engine', 'succeeded')
    const failed = (await deployment.runs()).filter(({ reason }) => reason === 'http-500')
    // Each failed slot has closed the position once more, and the last one moved it.
    const closings = transactions.filter(({ step }) => step === 'decrease')
    expect(closings).toHaveLength(failed.length + 1)
    expect(transactions.filter(({ step }) => step === 'mint')).toHaveLength(1)
  },
)

test.each(GENERATIONS)('the %s generation, running without a position, fails', async generation => {
  const { engine, get, both } = await calling(generation)
  await get('/stop')
  engine.fail('mint', 1)
  expect(await get('/start')).toBe(500)
  await both('failed', 'http-500')
  for (const path of ['/stop', '/start']) expect(await get(path)).toBe(200)
  await both('succeeded')
})
