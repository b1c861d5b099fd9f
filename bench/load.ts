import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import type { Config } from '../src/config.ts'
import { createEvents } from '../src/events.ts'
import { Producer } from '../src/producer/producer.ts'
import { type Part, startPart } from './part.ts'

/**
 * Lateness at the engine and CPU per run of one worker process, beside a plain BullMQ + got loop
 * with the same spread in the same run. Redis stays at its default `hz 10`.
 */
interface EngineAnswers {
  url: string
  lateness: { lateness: number[]; logins: number }
}
interface WorkerAnswers {
  usage: { cpu: number; verdicts: Record<string, number>; rss: number }
}

const { schedules, seconds, interval, plain, warmUp } = await yargs(hideBin(process.argv))
  .option('schedules', { type: 'number', default: 500 })
  .option('seconds', { type: 'number', default: 20 })
  .option('warm-up', { type: 'number', default: 8, describe: 's' })
  .option('interval', { type: 'number', default: 1000 })
  .option('plain', { type: 'boolean', default: true })
  .strict()
  .parse()

const redis = await startRedis()
const engine = await startPart<EngineAnswers>('./engine.ts')
try {
  const url = await engine.ask('url')
  const phases = Array.from({ length: schedules }, (_, index) =>
    Math.floor((index * interval) / schedules),
  )
  const config = configOf(url, phases)
  const events = createEvents()
  const producer = new Producer({ config, events, version: 'bench' })
  const worker = await startPart<WorkerAnswers>('./worker.ts', config)
  await producer.start()
  const ours = await measure('hft-scheduler', worker)
  await worker.end()
  await producer.stop()
  if (plain) {
    const loop = await startPart<WorkerAnswers>('./plain.ts', {
      redis: redis.url,
      url,
      interval,
      phases,
    })
    const theirs = await measure('BullMQ + got', loop)
    await loop.end()
    console.log(`CPU per run, ratio: ${(ours / theirs).toFixed(2)}`)
  }
} finally {
  await engine.end()
  await redis.stop()
}

async function measure(name: string, part: Part<WorkerAnswers>): Promise<number> {
  await sleep(warmUp * 1000)
  await Promise.all([part.ask('usage'), engine.ask('lateness')])
  await sleep(seconds * 1000)
  const [usage, { lateness, logins }] = await Promise.all([
    part.ask('usage'),
    engine.ask('lateness'),
  ])
  lateness.sort((a, b) => a - b)
  const at = (share: number) =>
    (lateness[Math.floor(share * (lateness.length - 1))] ?? 0).toFixed(1)
  const perRun = usage.cpu / lateness.length
  console.log(
    `${name}: ${(lateness.length / seconds).toFixed(0)} runs/s, lateness min ${at(0)} p50 ${at(0.5)} p99 ${at(0.99)} max ${at(1)} ms,`,
    `CPU ${perRun.toFixed(3)} ms per run, ${(usage.cpu / seconds / 10).toFixed(0)} % of a core, ${(usage.rss / 2 ** 20).toFixed(0)} MiB, logins ${logins},`,
    JSON.stringify(usage.verdicts),
  )
  return perRun
}

/** Engines of one schedule each, spread over the interval: `get-stats`, or `update-engine` for two only. */
function configOf(url: string, phases: readonly number[]): Config {
  const second = 1000
  return {
    engines: [
      {
        ...{ id: 'bench', url, username: 'u', password: 'p', ca: null },
        schedules: [],
      },
      ...phases.map((phase, index) => ({
        ...{ id: `e${index}`, url, username: 'u', password: 'p', ca: null },
        schedules: [{ job: 'update-engine' as const, grid: { interval, phase } }],
      })),
    ].slice(1),
    redis: { url: redis.url, prefix: '{bench}', ca: null },
    timing: {
      ...{ lead: 250, maxLateness: 60 * second, timeout: 30 * second, settle: 30 * second },
      shutdownTimeout: 5 * second,
    },
    retry: { attempts: 3, backoff: 500 },
    concurrency: 5000,
    retention: { runs: 1000, runsAge: 86_400_000, stats: 1000, statsAge: 86_400_000 },
    log: { level: 'info', format: 'json' },
    worker: { name: 'bench' },
  }
}

async function startRedis() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise(resolve => probe.close(resolve))
  const dir = mkdtempSync(join(tmpdir(), 'bench-redis-'))
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--hz',
    '10',
  ]
  const server = spawn('redis-server', [...args, '--appendonly', 'yes'], { stdio: 'ignore' })
  await sleep(300)
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      const exit = once(server, 'exit')
      server.kill('SIGTERM')
      await exit
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
