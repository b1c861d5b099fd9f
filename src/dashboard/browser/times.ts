import { zone } from '../../zone.ts'

/** A length of time for people: `250 ms`, `12 s`, `5 min`, `3.5 h`, `2 d`. */
export function span(ms: number): string {
  const unit = UNITS.find(([size]) => Math.abs(ms) >= size)
  if (unit === undefined) return `${Math.round(ms)} ms`
  return `${Number((ms / unit[0]).toFixed(1))} ${unit[1]}`
}

/** The same of a time that ticks: no decimals below the hour, nothing finer than a second. */
export function wholeSpan(ms: number): string {
  if (ms >= 3_600_000) return span(ms)
  if (ms >= 60_000) return `${Math.floor(ms / 60_000)} min`
  return `${Math.floor(Math.max(0, ms) / 1000)} s`
}

/**
 * Local time, `13:05:09`, with `.123` if `ms`; with the date when it is not today's, and with the
 * zone when it is not that of now, which the bar names.
 */
export function clock(at: number, ms = false): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return '-'
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  const whole = ms ? `${time}.${String(date.getMilliseconds()).padStart(3, '0')}` : time
  const fine = zone(at) === zone(Date.now()) ? whole : `${whole} ${zone(at)}`
  if (date.toDateString() === new Date().toDateString()) return fine
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join('-')
  return `${day} ${fine}`
}

/** The same instant for everybody: `2026-01-31T12:00:00.000Z`. */
export function utc(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString()
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const
