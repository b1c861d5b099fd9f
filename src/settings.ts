import { host, prefix, sentinels, urlPath } from './addresses.ts'
import { cron } from './cron-kind.ts'
import { redisUrl } from './redis-url.ts'
import {
  choice,
  count,
  duration,
  file,
  flag,
  jobs,
  type Kind,
  proxyStatuses,
  secret,
  text,
  timezone,
} from './setting-kinds.ts'
import { group, type Setting as Row } from './setting-rows.ts'

/**
 * The table of settings: the only place where a setting's flag, environment variable, kind, default
 * and description stand. The command line, the reading of the environment, every message, `check`
 * and .env.example derive from it.
 *
 * Columns: flag (without dashes), environment variable, kind, default as a reader would write it
 * (null: none, or taken from another setting), description. A setting `x-file` beside a setting `x`
 * is another way to give `x`: the file's content.
 */
export const SETTINGS = [
  ...group('Engine', [
    ['username', 'SCHEDULER_ENGINEAPI_USERNAME', text, null, 'user name for the engine'],
    ['username-file', 'SCHEDULER_ENGINEAPI_USERNAME_FILE', file, null, 'file that holds it'],
    ['password', 'SCHEDULER_ENGINEAPI_PASSWORD', secret, null, 'password for the engine'],
    ['password-file', 'SCHEDULER_ENGINEAPI_PASSWORD_FILE', file, null, 'file that holds it'],
    ['api-host', 'SCHEDULER_ENGINEAPI_HOST', host, 'localhost', 'host of the engine'],
    ['api-port', 'SCHEDULER_ENGINEAPI_PORT', count(1, 65_535), '5000', 'port of the engine'],
    ['api-scheme', 'SCHEDULER_ENGINEAPI_SCHEME', choice('http', 'https'), 'http', 'http or https'],
    ['api-ca-file', 'SCHEDULER_ENGINEAPI_CA_FILE', file, null, 'private CA of the engine (PEM)'],
  ]),
  ...group('Schedule', [
    ['jobs', 'SCHEDULER_JOBS', jobs, 'update-engine,get-stats', 'what to call, a comma list'],
    ['interval', 'SCHEDULER_INTERVAL', interval(), '10s', 'time between two slots of a job'],
    ['update-interval', 'SCHEDULER_UPDATE_INTERVAL', interval(), null, 'that of update-engine'],
    ['stats-interval', 'SCHEDULER_STATS_INTERVAL', interval(), null, 'that of get-stats'],
    ['update-cron', 'SCHEDULER_UPDATE_CRON', cron, null, 'cron pattern of update-engine instead'],
    ['stats-cron', 'SCHEDULER_STATS_CRON', cron, null, 'cron pattern of get-stats instead'],
    ['timezone', 'SCHEDULER_TIMEZONE', timezone, 'UTC', 'time zone of the cron patterns'],
  ]),
  ...group('Calls', [
    ['timeout', 'SCHEDULER_TIMEOUT', duration('10ms', '1d'), '30s', 'total deadline of a call'],
    [
      'settle',
      'SCHEDULER_SETTLE',
      duration('0s', '1d'),
      null,
      'how long the engine may go on after its client has gone; as --timeout if not given',
    ],
    [
      'lead',
      'SCHEDULER_LEAD',
      duration('1ms', '60s'),
      '250ms',
      'how long before its slot a call is claimed, at most half the interval',
    ],
    [
      'max-lateness',
      'SCHEDULER_MAX_LATENESS',
      duration('1ms', '1d'),
      '60s',
      'a slot later than this is missed, not run',
    ],
    ['attempts', 'SCHEDULER_ATTEMPTS', count(1, 100), '3', 'tries per slot'],
    [
      'backoff',
      'SCHEDULER_BACKOFF',
      duration('1ms', '1h'),
      '500ms',
      'wait before the second try; grows from there',
    ],
    [
      'not-executed',
      'SCHEDULER_NOT_EXECUTED',
      proxyStatuses,
      'none',
      'statuses by which your proxy refuses a call before the engine has it: such a call is made again',
    ],
    [
      'concurrency',
      'SCHEDULER_CONCURRENCY',
      count(1, 100_000),
      '1000',
      'calls that one worker holds or runs at a time',
    ],
    [
      'shutdown-timeout',
      'SCHEDULER_SHUTDOWN_TIMEOUT',
      duration('0s', '1h'),
      '25s',
      'how long a stopping worker waits for calls in flight',
    ],
    ['dry-run', 'SCHEDULER_DRY_RUN', flag, 'no', 'everything but the calls: slots are skipped'],
    [
      'worker-name',
      'SCHEDULER_WORKER_NAME',
      text,
      null,
      'name of this process; host name, process id and start if not given',
    ],
  ]),
  ...group('Redis', [
    ['redis-url', 'REDIS_URL', redisUrl, 'redis://127.0.0.1:6379', 'redis:// or rediss://'],
    ['redis-url-file', 'REDIS_URL_FILE', file, null, 'file that holds it'],
    ['redis-ca-file', 'REDIS_CA_FILE', file, null, 'private CA of Redis (PEM), for rediss://'],
    [
      'redis-sentinels',
      'REDIS_SENTINELS',
      sentinels,
      null,
      'host:port of the Sentinels, a comma list',
    ],
    ['redis-sentinel-name', 'REDIS_SENTINEL_NAME', text, null, 'what they call the master'],
    [
      'redis-sentinel-password',
      'REDIS_SENTINEL_PASSWORD',
      secret,
      null,
      'password of the Sentinels',
    ],
    ['redis-sentinel-password-file', 'REDIS_SENTINEL_PASSWORD_FILE', file, null, 'its file'],
    ['prefix', 'SCHEDULER_PREFIX', prefix, '{hft-scheduler}', 'of every key of this deployment'],
  ]),
  ...group('Ledger', [
    ['keep-runs', 'SCHEDULER_KEEP_RUNS', count(1, 1e7), '20000', 'runs kept per schedule'],
    ['keep-runs-for', 'SCHEDULER_KEEP_RUNS_FOR', age(), '30d', 'and for how long'],
    ['keep-stats', 'SCHEDULER_KEEP_STATS', count(1, 1e7), '100000', 'positions kept per engine'],
    ['keep-stats-for', 'SCHEDULER_KEEP_STATS_FOR', age(), '90d', 'and for how long'],
  ]),
  ...group('Dashboard', [
    ['dashboard-host', 'SCHEDULER_DASHBOARD_HOST', host, '127.0.0.1', 'address it listens on'],
    ['dashboard-port', 'SCHEDULER_DASHBOARD_PORT', count(1, 65_535), '3000', 'port it listens on'],
    [
      'dashboard-path',
      'SCHEDULER_DASHBOARD_PATH',
      urlPath,
      '/',
      'path under which a proxy shows it',
    ],
    [
      'dashboard-write',
      'SCHEDULER_DASHBOARD_WRITE',
      flag,
      'no',
      'pause, resume, trigger and the buttons of Bull Board work there',
    ],
    ['dashboard-user', 'SCHEDULER_DASHBOARD_USER', text, null, 'user name it asks for'],
    ['dashboard-password', 'SCHEDULER_DASHBOARD_PASSWORD', secret, null, 'password it asks for'],
    ['dashboard-password-file', 'SCHEDULER_DASHBOARD_PASSWORD_FILE', file, null, 'its file'],
  ]),
  ...group('Health', [
    ['health-host', 'SCHEDULER_HEALTH_HOST', host, '127.0.0.1', 'address of the health checks'],
    ['health-port', 'SCHEDULER_HEALTH_PORT', count(1, 65_535), null, 'their port; off without'],
  ]),
  ...group('Log', [
    [
      'log-level',
      'SCHEDULER_LOG_LEVEL',
      choice('error', 'warn', 'info', 'debug'),
      'info',
      'error, warn, info or debug',
    ],
    [
      'log-format',
      'SCHEDULER_LOG_FORMAT',
      choice('auto', 'text', 'json'),
      'auto',
      'text, json, or auto: text on a terminal, json otherwise',
    ],
  ]),
] as const

type AnySetting = (typeof SETTINGS)[number]
export type SettingName = AnySetting['name']

/** A row of the table. */
export type Setting = Row<SettingName>

/** Every setting's parsed value; null only where it was not given and has no default. */
export type Values = {
  readonly [S in AnySetting as S['name']]:
    | ReturnType<S['kind']['parse']>
    | (S['fallback'] extends null ? null : never)
}

/** One-letter flags; the script that this replaces had none. */
export const ALIASES: Readonly<Partial<Record<SettingName, string>>> = {
  username: 'u',
  password: 'p',
}

function interval(): Kind<number> {
  return duration('0.1s', '366d')
}

function age(): Kind<number> {
  return duration('1m', '3660d')
}
