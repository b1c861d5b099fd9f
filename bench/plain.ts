import { Queue, Worker } from 'bullmq'
import got from 'got'
import { Redis } from 'ioredis'
import { answer, cpuMeter } from './part.ts'

/** The least that does the same calls: BullMQ's scheduler, a worker, got. No promises kept. */
const cpu = cpuMeter()
let runs = 0
let close: () => Promise<unknown> = async () => null

answer(
  {
    start: async (data: { redis: string; url: string; interval: number; phases: number[] }) => {
      const connection = new Redis(data.redis, { maxRetriesPerRequest: null })
      const queue = new Queue('plain', { connection, prefix: '{plain}' })
      for (const [index, phase] of data.phases.entries()) {
        const offset = phase === 0 ? data.interval : phase
        const opts = { removeOnComplete: { count: 500 } }
        await queue.upsertJobScheduler(`s${index}`, { every: data.interval, offset }, { opts })
      }
      const worker = new Worker(
        'plain',
        async job => {
          const slot = job.id?.split(':').at(-1)
          await got(`${data.url}/stats@${slot}`, { retry: { limit: 0 } }).json()
          runs += 1
        },
        { connection, prefix: '{plain}', concurrency: 1000 },
      )
      worker.on('error', () => null)
      await worker.waitUntilReady()
      close = () => worker.close()
    },
    usage: async () => {
      const usage = { cpu: await cpu(), verdicts: { done: runs }, rss: process.memoryUsage().rss }
      runs = 0
      return usage
    },
  },
  () => close(),
)
