const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
type Unit = keyof typeof UNITS
const ONE = /^(\d+(?:\.\d*)?|\.\d+)\s*(ms|s|m|min|h|d)?$/
const SEVERAL =
  /^(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)(?:m|min))?\s*(?:(\d+(?:\.\d+)?)s)?\s*(?:(\d+)ms)?$/

/**
 * `10` or `0.5` (seconds), `250ms`, `30s`, `5m`, `1.5h`, `30d`, `1h30m` → ms; null for anything else.
 */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim()
  const [, single, letters = 's'] = ONE.exec(trimmed) ?? []
  if (single !== undefined) return inMs(single, (letters === 'min' ? 'm' : letters) as Unit)
  const parts = trimmed === '' ? undefined : SEVERAL.exec(trimmed)?.slice(1)
  if (parts === undefined) return null
  const units = ['d', 'h', 'm', 's', 'ms'] as const
  return units.reduce<number | null>((sum, unit, index) => {
    const ms = inMs(parts[index] ?? '0', unit)
    return sum === null || ms === null ? null : sum + ms
  }, 0)
}

function inMs(amount: string, letters: Unit): number | null {
  const unit = UNITS[letters]
  // 4.35 s is 4350 ms, not 4349.999…: floating point must not decide what is a whole number.
  const ms = Math.round(Number(amount) * unit * 1e6) / 1e6
  return ms <= Number.MAX_SAFE_INTEGER ? ms : null
}

/** The shortest exact way to write `ms`, e.g. `10s`, `90s`, `1500ms`, `30d`. `parseDuration` reads it. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`
  }
  return `${ms}ms`
}

/** What `parseInstant` reads, for messages. */
export const INSTANT =
  'so long ago (15m), a date or time here (2026-01-31, 2026-01-31T12:00), one with its zone (2026-01-31T12:00Z) or epoch ms'

/**
 * A point in time as epoch ms: a time ago (`15m`, `15m ago`), a date or a time, `now`, `today`,
 * `yesterday`, epoch ms. Local time unless a zone is given, and a date alone is its local midnight.
 * Null for anything else.
 */
export function parseInstant(text: string, now: number): number | null {
  const trimmed = text.trim()
  if (/^\d{12,15}$/.test(trimmed)) return Number(trimmed)
  // Seconds since 1970, or 20260131, would be read as so many seconds ago.
  if (/^\d{8,}$/.test(trimmed)) return null
  const ago = parseDuration(trimmed.replace(/\s+ago$/i, ''))
  if (ago !== null) return now - ago
  const word = trimmed.toLowerCase()
  if (word === 'now') return now
  if (word === 'today') return midnight(now, 0)
  if (word === 'yesterday') return midnight(now, -1)
  return parseDate(trimmed)
}

const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:(?:T|\s+)(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,3}))?)?\s*(Z|UTC|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$/i

function parseDate(text: string): number | null {
  const found = DATE.exec(text)
  if (found === null) return null
  const numbers = found.slice(1, 7).map(part => Number(part ?? 0))
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers
  const ms = Number((found[7] ?? '').padEnd(3, '0'))
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const exists = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= last
  if (!exists || hour > 23 || minute > 59 || second > 59) return null
  const zone = found[8]
  if (zone === undefined) {
    return new Date(year, month - 1, day, hour, minute, second, ms).getTime()
  }
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - offset(zone)
}

/** `Z`, `+02`, `-0330`, `+05:30` → ms ahead of UTC. */
function offset(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
  const ms = Number(hours) * UNITS.h + Number(minutes) * UNITS.m
  return sign === '-' ? -ms : ms
}

function midnight(now: number, days: number): number {
  const date = new Date(now)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime()
}
