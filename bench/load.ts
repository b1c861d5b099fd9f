import { setTimeout as sleep } from 'node:timers/promises'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { createEvents } from '../src/events.ts'
import { Producer } from '../src/producer/producer.ts'
import { startRedis } from '../test/fixtures/redis.ts'
import { configOf, type EngineAnswers, phasesOf, type WorkerAnswers } from './deployment.ts'
import { type Part, startPart } from './part.ts'

/**
 * Lateness at the engine and CPU per run of one worker process, beside a plain BullMQ + got loop
 * with the same spread in the same run. Redis stays at its default `hz 10`.
 */
const { schedules, seconds, interval, plain, warmUp } = await yargs(hideBin(process.argv))
  .option('schedules', { type: 'number', default: 500 })
  .option('seconds', { type: 'number', default: 20 })
  .option('warm-up', { type: 'number', default: 8, describe: 's' })
  .option('interval', { type: 'number', default: 1000 })
  .option('plain', { type: 'boolean', default: true })
  .strict()
  .parse()

const redis = await startRedis({ args: ['--appendonly', 'yes'] })
const engine = await startPart<EngineAnswers>('./engine.ts')
try {
  const url = await engine.ask('url')
  const phases = phasesOf(schedules, interval)
  const config = configOf({ url, redis: redis.url, interval, phases })
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
