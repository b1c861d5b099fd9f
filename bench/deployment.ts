import type { Config } from '../src/config.ts'
import { BASE } from '../test/fixtures/config.ts'

export interface EngineAnswers {
  url: string
  lateness: { lateness: number[]; logins: number }
}

export interface WorkerAnswers {
  usage: { cpu: number; verdicts: Record<string, number>; rss: number }
  /** Bytes, after a garbage collection. */
  memory: { rss: number; heap: number }
}

/** Phases spread evenly over the interval, ms. */
export function phasesOf(schedules: number, interval: number): number[] {
  return Array.from({ length: schedules }, (_, index) => Math.floor((index * interval) / schedules))
}

/** An engine for each phase, with `update-engine` every `interval` ms; all of them at `url`. */
export function configOf(of: {
  url: string
  redis: string
  interval: number
  phases: readonly number[]
  keep?: number
}): Config {
  const { url, redis, interval, phases, keep = 1000 } = of
  const day = 86_400_000
  return {
    ...BASE,
    engines: phases.map((phase, index) => ({
      ...{ id: `e${index}`, url, username: 'u', password: 'p', ca: null },
      schedules: [{ job: 'update-engine', grid: { interval, phase } }],
    })),
    redis: { url: redis, prefix: '{bench}', ca: null },
    retry: { attempts: 3, backoff: 500, notExecuted: [] },
    concurrency: 5000,
    retention: { runs: keep, runsAge: day, stats: keep, statsAge: day },
    worker: { name: 'bench', id: 'bench' },
  }
}
