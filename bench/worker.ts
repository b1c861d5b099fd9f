import type { Config } from '../src/config.ts'
import { createEvents } from '../src/events.ts'
import { Worker } from '../src/worker/worker.ts'
import { answer, cpuMeter } from './part.ts'

/** A worker of ours in a process of its own. */
const cpu = cpuMeter()
const events = createEvents()
let verdicts: Record<string, number> = {}
events.on('run', ({ verdict }) => {
  verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
})
let worker: Worker | undefined

answer(
  {
    start: async (config: Config) => {
      worker = new Worker({ config, events, version: 'bench' })
      await worker.start()
    },
    usage: async () => {
      const usage = { cpu: await cpu(), verdicts, rss: process.memoryUsage().rss }
      verdicts = {}
      return usage
    },
    memory: () => {
      globalThis.gc?.()
      const { rss, heapUsed } = process.memoryUsage()
      return { rss, heap: heapUsed }
    },
  },
  async () => worker?.stop(),
)
