import type { Config } from './config.ts'
import { dashboardOf } from './dashboard-settings.ts'
import type { Given } from './given.ts'
import { ENGINE } from './jobs.ts'
import { defaultName, idOf } from './process-name.ts'
import { gridOf } from './schedule-settings.ts'
import { sentinelOf } from './sentinel-settings.ts'
import type { SettingName, Values } from './settings.ts'

/** The settings' values in the shape in which the rest reads them; `ca` holds PEM texts. */
export function assemble(
  values: Values,
  found: ReadonlyMap<SettingName, Given>,
  ca: { engine: string | null; redis: string | null },
): Config {
  const name = values['worker-name'] ?? defaultName()
  return {
    engines: [
      {
        id: ENGINE,
        url: `${values['api-scheme']}://${values['api-host']}:${values['api-port']}`,
        username: values.username ?? '',
        password: values.password ?? '',
        ca: ca.engine,
        schedules: values.jobs.map(job => ({ job, grid: gridOf(job, values, found) })),
      },
    ],
    redis: {
      url: values['redis-url'],
      prefix: values.prefix,
      ca: ca.redis,
      sentinel: sentinelOf(values),
    },
    timing: {
      lead: values.lead,
      maxLateness: values['max-lateness'],
      timeout: values.timeout,
      settle: values.settle ?? values.timeout,
      shutdownTimeout: values['shutdown-timeout'],
    },
    retry: {
      attempts: values.attempts,
      backoff: values.backoff,
      notExecuted: values['not-executed'],
    },
    concurrency: values.concurrency,
    dryRun: values['dry-run'],
    retention: {
      runs: values['keep-runs'],
      runsAge: values['keep-runs-for'],
      stats: values['keep-stats'],
      statsAge: values['keep-stats-for'],
    },
    dashboard: dashboardOf(values),
    health: { host: values['health-host'], port: values['health-port'] },
    log: { level: values['log-level'], format: values['log-format'] },
    worker: { name, id: idOf(name) },
  }
}
