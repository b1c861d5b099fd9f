import winston from 'winston'
import type { EventMap, Events } from './events.ts'
import { LastingLog, type Loss } from './lasting-log.ts'
import { type Level, type Line, linesWith } from './log-lines.ts'
import { clock, dayMarks, paint } from './terminal.ts'

export interface LoggerOptions {
  level: string
  /** `auto`: readable lines on a terminal, JSON otherwise. */
  format: 'auto' | 'text' | 'json'
  stream: NodeJS.WritableStream & { isTTY?: boolean }
  /** Hears that the log cannot be written; without it nobody does. */
  onBroken?: (why: string) => void
}

/** Where a format of winston leaves the whole line. */
const MESSAGE = Symbol.for('message')

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
