import type { EventMap } from './events.ts'
import type { Run } from './ledger/run.ts'
import { pauseSentence, resumeSentence, sentence } from './log-sentences.ts'
import { wordsOfJump, wordsOfSetBack } from './set-back.ts'
import { clock } from './terminal.ts'

export type Level = 'error' | 'warn' | 'info' | 'debug'

export interface Line {
  level: Level
  message: string
  [field: string]: unknown
}

const LEVELS: Readonly<Record<Run['verdict'], Level>> = {
  succeeded: 'info',
  skipped: 'warn',
  'engine-stopped': 'warn',
  missed: 'warn',
  failed: 'error',
  unknown: 'error',
}

type Lines = { [Name in keyof EventMap]: (...args: EventMap[Name]) => Line }

/** How each event reads in the log: the only place that turns events into lines. `at` says a time. */
export const linesWith = (at: (time: number) => string): Lines => ({
  run: run => ({ level: LEVELS[run.verdict], message: sentence(run, at), ...run }),
  retry: event => ({
    level: 'warn',
    message: `${event.schedule}: attempt ${event.attempt} failed (${event.reason}), again in ${event.delay} ms`,
    ...event,
  }),
  'gave-back': event => ({
    level: 'info',
    message: `${event.schedule}: given back unsent`,
    ...event,
  }),
  'record-delayed': event => ({
    level: 'error',
    message: `${event.schedule}: verdict not recorded yet (${event.error}), again in ${event.delay} ms`,
    ...event,
  }),
  declared: event => ({ level: 'info', message: `${event.schedule}: ${event.change}`, ...event }),
  'declaration-superseded': event => ({
    level: 'warn',
    message: `${event.by} declared other schedules at ${clock(event.at)}; they count instead of ours: ${event.differences.join('; ')}`,
    ...event,
  }),
  'declaration-refused': event => ({
    level: 'error',
    message: `our schedules are not declared: ${event.what}; what ${event.by} declared at ${clock(event.at)} counts until no such producer is alive (--force does not wait): ${event.differences.join('; ')}`,
    ...event,
  }),
  'producers-disagree': event => ({
    level: 'warn',
    message: `producer ${event.producer} (since ${clock(event.since)}) disagrees with what ${event.by} declared at ${clock(event.at)}, which counts: ${event.differences.join('; ')}`,
    ...event,
  }),
  'producers-agree': event => ({
    level: 'info',
    message: 'all producers declare the same again',
    ...event,
  }),
  company: event => ({
    level: 'info',
    message: `${event.part}: the other part is alive, and no other process has this one's name`,
    ...event,
  }),
  repaired: event => ({
    level: 'warn',
    message: `${event.schedule ?? 'queue'}: repaired, ${event.what}`,
    ...event,
  }),
  paused: event => ({
    level: 'warn',
    message: pauseSentence(event),
    ...event,
  }),
  resumed: event => ({
    level: 'info',
    message: resumeSentence(event),
    ...event,
  }),
  closed: event => ({
    level: event.verdict === 'missed' ? 'warn' : 'error',
    message: `${event.schedule}: ${event.count} ${event.count === 1 ? 'slot' : 'slots'} ${event.verdict}`,
    ...event,
  }),
  'clock-set-back': event => ({
    level: 'error',
    message: wordsOfSetBack(event, at),
    ...event,
  }),
  'clock-set': event => ({
    level: event.held === null ? 'warn' : 'error',
    message: `${event.part}: ${wordsOfJump(event, at)}`,
    ...event,
  }),
  login: event => ({ level: 'info', message: `${event.engine}: token by ${event.via}`, ...event }),
  'login-failed': event => ({
    level: 'error',
    message: `${event.engine}: no token (${event.reason}), next try ${at(event.retryAt)}`,
    ...event,
  }),
  'dashboard-refused': event => ({
    level: 'warn',
    message:
      event.until === null
        ? `dashboard: login from ${event.address} refused`
        : `dashboard: too many failed logins from ${event.address}, none heard before ${at(event.until)}`,
    ...event,
  }),
  started: event => ({
    level: 'info',
    message: `${event.part} started: ${event.detail}`,
    ...event,
  }),
  stopped: event => ({ level: 'info', message: `${event.part} stopped`, ...event }),
  'redis-lost': event => ({
    level: 'error',
    message: `${event.part}: Redis is out of reach (${event.error}); waiting for it`,
    ...event,
  }),
  'redis-ready': event => ({ level: 'info', message: `${event.part}: Redis is back`, ...event }),
  warning: event => ({ level: 'warn', ...event, message: `${event.part}: ${event.message}` }),
})
