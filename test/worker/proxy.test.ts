import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import type { JobName } from '../../src/jobs.ts'
import type { Run } from '../../src/ledger/run.ts'
import { Producer } from '../../src/producer/producer.ts'
import { Worker } from '../../src/worker/worker.ts'
import { deploy, every } from '../fixtures/deployment.ts'
import { startNginx } from '../fixtures/nginx.ts'
import { freePort } from '../fixtures/redis.ts'

/** A real nginx before an engine in a process of its own, which is killed in the middle of calls. */
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const ENGINE = new URL('../fixtures/mortal-engine.mjs', import.meta.url).pathname
const UPDATE = 'update-engine'

interface Setup {
  job?: JobName
  /** How long the engine works on a call, ms. */
  works?: number
  /** Of nginx. */
  location?: string
  http?: string
  notExecuted?: number[]
}

async function start({ job = UPDATE, works = 0, location, http, notExecuted = [] }: Setup) {
  const port = await freePort()
  const calls: string[] = []
  let engine: ChildProcess
  let onCall = (_path: string) => {}
  const run = async (ms: number) => {
    engine = spawn(process.execPath, [ENGINE, String(port), String(ms)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: engine.stdout as NodeJS.ReadableStream })
    const [ready] = await once(lines, 'line')
    expect(ready).toBe('listening')
    lines.on('line', line => {
      calls.push(line)
      onCall(line)
    })
  }
  const kill = async () => {
    const ended = once(engine, 'exit')
    engine.kill('SIGKILL')
    await ended
  }
  await run(works)
  closing.push(kill)
  const nginx = await startNginx(port, location, http)
  closing.push(nginx.close)
  const deployment = await deploy()
  closing.push(deployment.close)
  const config = {
    ...deployment.config('proxied', {
      timing: { timeout: 20_000, settle: 20_000 },
      // Time enough for an engine to come back, whatever the machine.
      retry: { attempts: 20, backoff: 100, notExecuted },
      schedules: [every(60_000, job, (Date.now() + 1500) % 60_000)],
    }),
  }
  const [own] = config.engines
  if (own) config.engines = [{ ...own, url: nginx.url }]
  const { events } = deployment
  const ended = deployment.nextRun(run => run.verdict !== 'missed' && run.verdict !== 'skipped')
  return {
    deployment,
    calls,
    kill,
    revive: run,
    /** At the first call, once. */
    onFirstCall(act: () => Promise<void>) {
      onCall = () => {
        onCall = () => {}
        void act()
      }
    },
    /** The first run that was more than missed, and its calls that reached the engine. */
    async firstRun(): Promise<{ run: Run; made: number; leased: boolean }> {
      const producer = new Producer({ config, events, version: 'test' })
      const worker = new Worker({ config, events, version: 'test' })
      closing.push(
        () => producer.stop(),
        () => worker.stop(),
      )
      await producer.start()
      await worker.start()
      const run = await ended
      const key = `${run.schedule}@${run.slot}`
      const lease = await deployment.redis.hget(deployment.keys.lease(run.schedule), 'key')
      const made = calls.filter(call => call.endsWith(` ${key}`)).length
      return { run, made, leased: lease === String(run.slot) }
    },
  }
}

test('an upstream killed in mid-update: 502, unknown, one call, the lease kept', async () => {
  const { onFirstCall, kill, revive, firstRun } = await start({ works: 60_000 })
  // Back at once, as under gunicorn: a call made again would succeed.
  onFirstCall(async () => {
    await kill()
    await revive(0)
  })
  const { run, made, leased } = await firstRun()
  expect(run).toMatchObject({ verdict: 'unknown', reason: 'http-502', status: 502, attempts: 1 })
  expect({ made, leased }).toEqual({ made: 1, leased: true })
})

test('an upstream killed in mid-update is called again where the operator vouches for 502', async () => {
  const { onFirstCall, kill, revive, firstRun } = await start({
    works: 60_000,
    notExecuted: [502],
  })
  onFirstCall(async () => {
    await kill()
    await revive(0)
  })
  const { run, made } = await firstRun()
  // What the setting promises was not true here: this is why it is off.
  expect(run).toMatchObject({ verdict: 'succeeded' })
  expect(made).toBe(2)
})

test('an upstream killed during get-stats: asked again', async () => {
  const { onFirstCall, kill, revive, firstRun } = await start({ job: 'get-stats', works: 60_000 })
  onFirstCall(async () => {
    await kill()
    await revive(0)
  })
  const { run, made } = await firstRun()
  expect(run).toMatchObject({ verdict: 'succeeded' })
  expect(made).toBe(2)
})

test('a proxy that waits no longer: 504, unknown, one call, the lease kept', async () => {
  const location = 'proxy_read_timeout 1s;'
  const { firstRun } = await start({ works: 60_000, location })
  const { run, made, leased } = await firstRun()
  expect(run).toMatchObject({ verdict: 'unknown', reason: 'http-504', attempts: 1 })
  expect({ made, leased }).toEqual({ made: 1, leased: true })
})

test.each([
  [429, [] as number[]],
  [503, [503]],
])(
  'a limiter that answers %i before the engine has the call: made again',
  async (status, vouched) => {
    // One request for each three seconds, and the login is the first one.
    const http = 'limit_req_zone $binary_remote_addr zone=calls:1m rate=20r/m;'
    const location = `limit_req zone=calls; limit_req_status ${status};`
    const { firstRun } = await start({ http, location, notExecuted: vouched })
    const { run, made, leased } = await firstRun()
    expect(run.verdict).toBe('succeeded')
    expect(run.attempts).toBeGreaterThan(1)
    expect({ made, leased }).toEqual({ made: 1, leased: false })
  },
)
