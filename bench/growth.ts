import { setTimeout as sleep } from 'node:timers/promises'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { createEvents } from '../src/events.ts'
import { Producer } from '../src/producer/producer.ts'
import { askRedis } from '../src/standalone/redis-answer.ts'
import { startRedis } from '../test/fixtures/redis.ts'
import { configOf, type EngineAnswers, phasesOf, type WorkerAnswers } from './deployment.ts'
import { startPart } from './part.ts'

/** Does it grow? Keys and bytes of Redis and the memory of one worker, over very many runs. */
const { schedules, runs, reports, keep } = await yargs(hideBin(process.argv))
  .option('schedules', { type: 'number', default: 500 })
  .option('runs', { type: 'number', default: 100_000 })
  .option('reports', { type: 'number', default: 8 })
  .option('keep', { type: 'number', default: 20, describe: 'runs kept per schedule' })
  .strict()
  .parse()

const redis = await startRedis({ args: ['--appendonly', 'yes'] })
const engine = await startPart<EngineAnswers>('./engine.ts')
try {
  const phases = phasesOf(schedules, 1000)
  const url = await engine.ask('url')
  const config = configOf({ url, redis: redis.url, interval: 1000, phases, keep })
  const producer = new Producer({ config, events: createEvents(), version: 'bench' })
  const worker = await startPart<WorkerAnswers>('./worker.ts', config)
  await producer.start()
  let total = 0
  for (let report = 0; report < reports; report++) {
    await sleep((runs / schedules / reports) * 1000)
    const { verdicts } = await worker.ask('usage')
    const { rss, heap } = await worker.ask('memory')
    await engine.ask('lateness')
    total += Object.values(verdicts).reduce((sum, count) => sum + count, 0)
    const { keys, bytes } = await inspect(redis.port)
    const mib = (size: number) => `${(size / 2 ** 20).toFixed(1)} MiB`
    console.log(
      `${total} runs: worker ${mib(rss)} resident, ${mib(heap)} heap; Redis ${keys} keys, ${mib(bytes)}`,
    )
  }
  await worker.end()
  await producer.stop()
} finally {
  await engine.end()
  await redis.stop()
}

async function inspect(port: number): Promise<{ keys: number; bytes: number }> {
  const answer = await askRedis(port, ['INFO memory', 'DBSIZE'])
  const bytes = Number(/used_memory:(\d+)/.exec(answer)?.[1])
  return { keys: Number(/^:(\d+)/m.exec(answer)?.[1]), bytes }
}
