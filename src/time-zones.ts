const DAY = 86_400_000
/** Changes of a zone's clocks are looked for so many ms apart: none are ever that close. */
const PROBE = 5 * DAY
/** And no further than this from where one asks, ms. */
const HORIZON = 250 * DAY
/** Seasons and formatters that are kept; far more than any deployment has. */
const KEEP = 500

/**
 * The time between two changes of a zone's clocks, as far as it was looked for: [from, to), epoch ms;
 * offsets from UTC in ms.
 */
export interface Season {
  from: number
  to: number
  offset: number
  /** The offset until `from`; the same where the search ended without a change. */
  before: number
}

const seasons = new Map<string, Season[]>()
const formats = new Map<string, Intl.DateTimeFormat>()

/** The season of a time zone at `at` (epoch ms). Throws a RangeError for a zone that is none. */
export function seasonAt(timezone: string, at: number): Season {
  const known = seasons.get(timezone) ?? []
  const found = known.find(({ from, to }) => from <= at && at < to)
  if (found !== undefined) return found
  const offset = offsetAt(timezone, at)
  const to = edge(timezone, at, offset, PROBE)
  const from = edge(timezone, at, offset, -PROBE)
  const season = { from, to, offset, before: offsetAt(timezone, from - 1) }
  if (known.length >= KEEP) known.length = 0
  keep(seasons, timezone, [...known, season])
  return season
}

/** The first ms of another offset going on from `at`; going back, the first of this one. */
function edge(timezone: string, at: number, offset: number, step: number): number {
  let same = at
  while (Math.abs(same + step - at) <= HORIZON) {
    let other = same + step
    if (offsetAt(timezone, other) === offset) {
      same = other
      continue
    }
    while (Math.abs(other - same) > 1) {
      const middle = Math.floor((same + other) / 2)
      if (offsetAt(timezone, middle) === offset) same = middle
      else other = middle
    }
    return Math.max(same, other)
  }
  return same + (step > 0 ? 1 : 0)
}

function offsetAt(timezone: string, at: number): number {
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of formatOf(timezone).formatToParts(at)) shown[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const numeric = 'numeric'
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
    ...{ year: numeric, month: numeric, day: numeric },
    ...{ hour: numeric, minute: numeric, second: numeric },
  })
  keep(formats, timeZone, format)
  return format
}

function keep<T>(cache: Map<string, T>, key: string, value: T): void {
  if (cache.size >= KEEP) cache.clear()
  cache.set(key, value)
}
