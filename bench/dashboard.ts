import { setTimeout as sleep } from 'node:timers/promises'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { createEvents } from '../src/events.ts'
import { Producer } from '../src/producer/producer.ts'
import { startRedis } from '../test/fixtures/redis.ts'
import { startCountingProxy } from './counting-proxy.ts'
import type { DashboardAnswers } from './dashboard-part.ts'
import { configOf, type EngineAnswers, phasesOf, type WorkerAnswers } from './deployment.ts'
import { startPart } from './part.ts'

/**
 * What open pages of the dashboard cost: the commands that it sends to Redis per minute, beside those
 * of a producer and a worker, and its CPU and memory. Every schedule has a slot each second.
 */
const options = await yargs(hideBin(process.argv))
  .option('schedules', { type: 'number', array: true, default: [2, 100] })
  .option('pages', { type: 'number', array: true, default: [0, 1, 10, 50] })
  .option('seconds', { type: 'number', default: 4 })
  .strict()
  .parse()

const rows: Record<string, string | number>[] = []
for (const schedules of options.schedules) await measure(schedules)
console.table(rows)

async function measure(schedules: number): Promise<void> {
  const redis = await startRedis({ args: ['--appendonly', 'yes'] })
  const proxy = await startCountingProxy(redis.port)
  const engine = await startPart<EngineAnswers>('./engine.ts')
  const phases = phasesOf(schedules, 1000)
  const config = configOf({
    ...{ url: await engine.ask('url'), redis: redis.url },
    ...{ interval: 1000, phases },
  })
  const producer = new Producer({ config, events: createEvents(), version: 'bench' })
  const worker = await startPart<WorkerAnswers>('./worker.ts', config)
  const url = `redis://127.0.0.1:${proxy.port}`
  const watched = { ...config, redis: { ...config.redis, url } }
  const dashboard = await startPart<DashboardAnswers>('./dashboard-part.ts', watched)
  try {
    await producer.start()
    await sleep(2000)
    await measurePages()
  } finally {
    await dashboard.end()
    await worker.end()
    await producer.stop()
    await engine.end()
    await proxy.close()
    await redis.stop()
  }

  async function measurePages(): Promise<void> {
    const address = await dashboard.ask('url')
    const open: { stop: AbortController; received: () => number }[] = []
    for (const pages of options.pages) {
      while (open.length < pages) open.push(openPage(address))
      await sleep(1000)
      const received = () => open.reduce((sum, page) => sum + page.received(), 0)
      await dashboard.ask('usage')
      proxy.counted()
      const before = received()
      await sleep(options.seconds * 1000)
      const { commands, bytes } = proxy.counted()
      const { cpu, rss } = await dashboard.ask('usage')
      rows.push({
        ...{ schedules, pages, 'commands/min': Math.round((commands * 60) / options.seconds) },
        'KiB/s from Redis': (bytes / 1024 / options.seconds).toFixed(1),
        'KiB/s per page': pages === 0 ? '-' : perPage(received() - before, pages),
        'CPU %': (cpu / options.seconds / 10).toFixed(1),
        'RSS MiB': Math.round(rss / 2 ** 20),
      })
    }
    for (const { stop } of open) stop.abort()
  }
}

function perPage(bytes: number, pages: number): string {
  return (bytes / 1024 / options.seconds / pages).toFixed(1)
}

/** A page that reads all it is sent. */
function openPage(address: string) {
  const stop = new AbortController()
  let bytes = 0
  const read = async () => {
    const response = await fetch(new URL('api/live', address), { signal: stop.signal })
    for await (const piece of response.body ?? []) bytes += (piece as Uint8Array).length
  }
  read().catch(error => {
    if (!stop.signal.aborted) throw error
  })
  return { stop, received: () => bytes }
}
