import type { Config } from '../src/config.ts'
import { Dashboard } from '../src/dashboard/dashboard.ts'
import { createEvents } from '../src/events.ts'
import { answer, cpuMeter } from './part.ts'

export interface DashboardAnswers {
  url: string
  usage: { cpu: number; rss: number }
}

/** A dashboard in a process of its own. */
const cpu = cpuMeter()
let dashboard: Dashboard | undefined

answer(
  {
    start: async (config: Config) => {
      dashboard = new Dashboard({ config, events: createEvents(), version: 'bench' })
      await dashboard.start()
    },
    url: () => dashboard?.url,
    usage: async () => ({ cpu: await cpu(), rss: process.memoryUsage().rss }),
  },
  async () => dashboard?.stop(),
)
