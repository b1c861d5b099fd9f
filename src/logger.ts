import winston from 'winston'
import type { EventMap, Events } from './events.ts'
import { LastingLog, type Loss } from './lasting-log.ts'
import type { Run } from './ledger/run.ts'
import { pauseSentence, resumeSentence, sentence } from './log-sentences.ts'
import { clock, dayMarks, paint } from './terminal.ts'

export interface LoggerOptions {
  level: string
  /** `auto`: readable lines on a terminal, JSON otherwise. */
  format: 'auto' | 'text' | 'json'
  stream: NodeJS.WritableStream & { isTTY?: boolean }
  /** Hears that the log cannot be written; without it nobody does. */
  onBroken?: (why: string) => void
}

type Level = 'error' | 'warn' | 'info' | 'debug'

interface Line {
  level: Level
  message: string
  [field: string]: unknown
}

/** Where a format of winston leaves the whole line. */
const MESSAGE = Symbol.for('message')

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
const linesWith = (at: (time: number) => string): Lines => ({
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
    message: `${event.by} declared other schedules ${clock(event.at)}, and they count, not ours: ${event.differences.join('; ')}`,
    ...event,
  }),
  'declaration-refused': event => ({
    level: 'error',
    message: `our schedules are not declared: ${event.what}; what ${event.by} declared ${clock(event.at)} goes on, ours count once no such producer is alive, or with --force: ${event.differences.join('; ')}`,
    ...event,
  }),
  'producers-disagree': event => ({
    level: 'warn',
    message: `producer ${event.producer} (since ${clock(event.since)}) disagrees with what ${event.by} declared ${clock(event.at)}, which counts: ${event.differences.join('; ')}`,
    ...event,
  }),
  'producers-agree': event => ({
    level: 'info',
    message: 'all producers declare the same again',
    ...event,
  }),
  company: event => ({
    level: 'info',
    message: `${event.part}: in company again`,
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

/**
 * Writes every event as a line to `stream`, and what libraries print with console.warn and
 * console.error too (BullMQ warns of an eviction policy that way). Returns a function that detaches
 * it all again.
 */
export function attachLogger(events: Events, options: LoggerOptions): () => void {
  const text =
    options.format === 'text' || (options.format === 'auto' && options.stream.isTTY === true)
  const { combine, timestamp, json, printf } = winston.format
  const format = text ? printf(readable(dayMarks())) : combine(timestamp(), json())
  const { stream, onBroken = () => {} } = options
  // Above the lines of a terminal stands their zone; times for programs carry it.
  const lines = linesWith(text ? clock : time => new Date(time).toISOString())
  // Whatever the level: a log with a gap must say so.
  const notice = (loss: Loss) => {
    const line = withName('warning', lines.warning({ part: 'log', message: lost(loss) }))
    const formatted = format.transform({ ...line })
    return `${(formatted as winston.Logform.TransformableInfo)[MESSAGE]}\n`
  }
  const log = new LastingLog(stream, { notice, onBroken })
  const logger = winston.createLogger({
    level: options.level,
    format,
    transports: [new winston.transports.Stream({ stream: log })],
  })
  const names = Object.keys(lines) as (keyof EventMap)[]
  const listeners = names.map(name => {
    const line = lines[name] as (...args: unknown[]) => Line
    const listener = (...args: unknown[]) => void logger.log(withName(name, line(...args)))
    events.on(name, listener as never)
    return () => events.off(name, listener as never)
  })
  const restore = adoptConsole(message => logger.warn({ message, event: 'warning' }))
  return () => {
    for (const detach of listeners) detach()
    restore()
    logger.close()
    log.end()
  }
}

/** What a log that could not be written says as soon as it can be. */
export function lost({ lines, since, why }: Loss): string {
  const what = lines === 1 ? 'log line was' : 'log lines were'
  return `${lines} ${what} lost since ${clock(since)} (${why})`
}

function withName(event: string, line: Line): Line {
  return { ...line, event }
}

function adoptConsole(write: (message: string) => void): () => void {
  const { warn, error } = console
  const adopted = (...args: unknown[]) => write(args.map(String).join(' '))
  console.warn = adopted
  console.error = adopted
  return () => {
    console.warn = warn
    console.error = error
  }
}

const PAINTS = { error: paint.red, warn: paint.yellow, info: paint.plain, debug: paint.dim }

function readable(mark: (at: number) => string) {
  return (info: winston.Logform.TransformableInfo): string => {
    const tone = PAINTS[info.level as Level] ?? paint.plain
    const now = Date.now()
    return `${mark(now)}${paint.dim(clock(now))} ${tone(String(info.message))}`
  }
}
