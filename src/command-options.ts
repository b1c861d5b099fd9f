import { FORMATS } from './formats.ts'
import { JOBS } from './jobs.ts'
import { VERDICTS } from './ledger/run.ts'
import { counted, flag, instant, type Option, rate, text, time } from './option-kinds.ts'
import { ALIASES, SETTINGS, type Setting } from './settings.ts'
import { GENERATIONS, STEPS } from './simulation.ts'

type Options = Record<string, Option>

/** The options of every command. */
export const GENERAL_OPTIONS: Options = {
  settings: text('file with settings, instead of .env in the current folder'),
}

/** The settings of the named groups, or all of them, as options; each names its variable. */
export function settingOptions(groups?: readonly string[]): Options {
  const settings: readonly Setting[] = SETTINGS
  const options: Options = {}
  for (const { name, env, kind, about, group, fallback } of settings) {
    if (groups && !groups.includes(group)) continue
    const described = `${about} (${env})`
    const option = kind.flag ? flag(described) : text(described)
    const alias = ALIASES[name]
    options[name] = {
      ...option,
      group: `${group}:`,
      ...(alias === undefined ? {} : { alias }),
      // No real default: a flag that was not given must not hide the environment.
      ...(fallback === null ? {} : { defaultDescription: fallback }),
    }
  }
  return options
}

/** The options of a command beside the settings, in a group of the help that comes first. */
export function ownOptions(command: keyof typeof COMMAND_OPTIONS): Options {
  const own: Options = COMMAND_OPTIONS[command]
  return Object.fromEntries(
    Object.entries(own).map(([name, option]) => [
      name,
      {
        group: `Of ${command}:`,
        ...option,
        // As it would be typed, without quotation marks.
        ...(option.default === undefined ? {} : { defaultDescription: option.default }),
      },
    ]),
  )
}

const json = flag('one JSON object per line')
const follow = flag('go on with what comes in')
const schedule = text('only this schedule, <engine>/<job>')
const format: Option = { ...text('how to print'), choices: FORMATS, default: 'table' }
const engine = text('only this engine')
const reason = text('why, for everybody to see')
const job: Option = { ...text('only this job'), choices: JOBS }
const newest = {
  since: instant('since', 'only what is newer: 15m ago, yesterday, 2026-01-31T12:00 (local time)'),
  to: instant('to', 'only what is older, in the same ways'),
  // Without a default for the parser: whether it was typed tells something.
  limit: { ...counted('limit', 1, 1e6, 'at most this many, the newest'), defaultDescription: '50' },
  all: flag('all of them, whatever their number'),
}
const generation: Option = { ...text(''), choices: GENERATIONS, default: 'first' }
const force = flag('declare even if another live producer stands against it')

/** The options of each command beside the settings, by command. */
export const COMMAND_OPTIONS = {
  up: {
    'data-dir': { ...text('folder of the private Redis'), default: '.hft-scheduler' },
    'sim-latency': time('sim-latency', 'simulated engine: time per answer', '20ms'),
    'sim-generation': {
      ...generation,
      describe: 'simulated engine: which generation of the real one',
    },
    'sim-error-rate': rate('sim-error-rate', 'simulated engine: share of failing calls'),
    force,
  },
  producer: { once: flag('declare the schedules and exit'), force },
  simulate: {
    host: { ...text('address to listen on'), default: '127.0.0.1' },
    port: counted('port', 0, 65_535, 'port to listen on, 0 for a free one', '5000'),
    username: { ...text('user name to accept (SCHEDULER_ENGINEAPI_USERNAME)'), alias: 'u' },
    password: { ...text('password to accept (SCHEDULER_ENGINEAPI_PASSWORD, …_FILE)'), alias: 'p' },
    generation: { ...generation, describe: 'which generation of the real engine' },
    latency: time('latency', 'time per answer', '20ms'),
    'latency-jitter': time('latency-jitter', 'random time on top', '0s'),
    'error-rate': rate('error-rate', 'share of failing calls'),
    fail: { ...text('step of an update or a start that always fails'), choices: STEPS },
    'start-stopped': flag('begin stopped; GET /start starts it'),
    'keep-alive': flag('keep connections; the real engine closes each after its answer'),
    'token-life': time('token-life', 'life of an access token', '15m'),
    'rebalance-time': time('rebalance-time', 'time a rebalance takes', '2s'),
    seed: counted('seed', 0, 2 ** 32 - 1, 'of the random price: the same seed, the same price'),
  },
  worker: {},
  dashboard: {},
  check: { json },
  doctor: { json },
  health: {
    check: { ...text('what to ask'), choices: ['livez', 'readyz', 'healthz'], default: 'healthz' },
    wait: time('wait', 'how long to wait for the answer', '3s'),
    json: flag('the answer as one JSON object'),
  },
  status: { watch: flag('refresh every 2 s until Ctrl-C'), json },
  runs: {
    engine,
    job,
    verdict: text(`only runs that ended so, a comma list of ${VERDICTS.join(', ')}`),
    schedule,
    reason: text('only runs with this reason, e.g. time-out; or a comma list'),
    ...newest,
    format,
    follow,
    json: flag('the same as --format ndjson'),
  },
  stats: {
    engine,
    ...newest,
    format,
    follow,
    json: flag('the same as --format ndjson'),
  },
  audit: {
    schedule,
    engine,
    from: instant('from', 'first slot: 15m ago, yesterday, 2026-01-31T12:00 (local time)'),
    to: instant('to', 'last slot, in the same ways'),
    since: instant('since', 'the same as --from'),
    json,
  },
  actions: {
    target: text('only what was done to this schedule, or this engine and its schedules'),
    action: text('only this: pause, resume, trigger, or what Bull Board calls it'),
    by: text('only what this person did, named as in the table'),
    ...newest,
    json,
  },
  pause: { reason: { ...reason, demandOption: true } },
  resume: { reason, 'after-clock': flag('no call is under way, though a clock was set') },
  trigger: {
    reason,
    yes: flag('do not ask before a call that moves money'),
    within: time(
      'within',
      'how long a worker has to begin the call; after that none is made',
      '60s',
    ),
    wait: {
      ...time('wait', 'how long to wait for the result; the call itself goes on'),
      defaultDescription: 'until the call has ended',
    },
    json,
  },
} as const satisfies Record<string, Options>
