import { formatDuration, parseDuration } from './duration.ts'
import { JOBS, type JobName } from './jobs.ts'
import { speaksForAnother } from './proxy-statuses.ts'
import { nextSlot } from './slots.ts'

/** What a setting's text can mean. */
export interface Kind<T> {
  /** What a reader has to write, for messages: "expected …". */
  readonly expected: string
  /** Such text is never shown; `show` says what is shown instead. */
  readonly secret?: boolean
  /** What of an unfit secret may be shown. */
  masked?(text: string): string
  /** On the command line the flag alone says yes. */
  readonly flag?: boolean
  /** Throws Unfit where the text is none of this kind. */
  parse(text: string): T
  show(value: T): string
}

/** Says what was expected instead; never repeats what came, which may be a secret. */
export class Unfit extends Error {
  override name = 'Unfit'
}

export const MASK = '********'

/** Any characters that can be typed, taken as they stand. */
export const text: Kind<string> = {
  expected: 'a text',
  parse(given) {
    const odd = oddity(given)
    if (odd !== null) throw new Unfit(`${text.expected} without ${odd}`)
    if (given.trim() === '') throw new Unfit(`${text.expected} that is more than white space`)
    return given
  },
  show: value => value,
}

/** What no password has: it came there on the way, and would be another one without a word. */
function oddity(given: string): string | null {
  if (/[\r\n]/.test(given)) return 'line breaks'
  if (/[^\P{Cc}\t]/u.test(given)) return 'control characters'
  // Node.js puts it where the bytes are no UTF-8.
  return given.includes('\uFFFD') ? 'broken characters (it is no UTF-8)' : null
}

export const secret: Kind<string> = { ...text, secret: true, show: () => MASK }

export const file: Kind<string> = {
  expected: 'the path of a file',
  parse: given => given,
  show: value => value,
}

/** `yes` or `no`, in the words that people use. */
export const flag: Kind<boolean> = {
  expected: 'yes or no',
  flag: true,
  parse(given) {
    const word = given.trim().toLowerCase()
    if (['yes', 'true', 'on', '1'].includes(word)) return true
    if (['no', 'false', 'off', '0'].includes(word)) return false
    throw new Unfit(flag.expected)
  },
  show: value => (value ? 'yes' : 'no'),
}

export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
  const expected = `one of ${choices.join(', ')}`
  return {
    expected,
    parse(given) {
      const found = choices.find(name => name === given.trim().toLowerCase())
      if (found === undefined) throw new Unfit(expected)
      return found
    },
    show: value => value,
  }
}

export function count(min: number, max: number): Kind<number> {
  const expected = `a whole number from ${min} to ${max}`
  return {
    expected,
    parse(given) {
      const value = /^\d+$/.test(given.trim()) ? Number(given) : Number.NaN
      if (!(value >= min && value <= max)) throw new Unfit(expected)
      return value
    },
    show: String,
  }
}

/** Statuses that mean nothing certain by themselves; `none` for none. */
export const proxyStatuses: Kind<readonly number[]> = {
  expected: 'none, or a comma list of statuses that a proxy answers: 408, 425, 501 to 599',
  parse(given) {
    const words = given.split(',').map(word => word.trim())
    if (words.length === 1 && words[0]?.toLowerCase() === 'none') return []
    const statuses = words.map(word => (/^\d{3}$/.test(word) ? Number(word) : Number.NaN))
    const fits = (status: number) => status <= 599 && speaksForAnother(status)
    if (statuses.includes(500)) throw new Unfit(`${proxyStatuses.expected}, ${NOT_500}`)
    if (!statuses.every(fits)) throw new Unfit(proxyStatuses.expected)
    return [...new Set(statuses)].sort((a, b) => a - b)
  },
  show: value => value.join(',') || 'none',
}

const NOT_500 = 'but not 500: the engine itself answers it, when something was done'

/** Whole ms from `min` to `max`, themselves written as durations. */
export function duration(min: string, max: string): Kind<number> {
  const least = parseDuration(min) ?? Number.NaN
  const most = parseDuration(max) ?? Number.NaN
  const expected = `a duration from ${min} to ${max}, in seconds or with its unit (250ms, 30s, 5m, 1h, 2d)`
  return {
    expected,
    parse(given) {
      const ms = parseDuration(given)
      if (ms === null || !(ms >= least && ms <= most)) throw new Unfit(expected)
      if (!Number.isInteger(ms)) throw new Unfit('a duration in whole milliseconds')
      return ms
    },
    show: formatDuration,
  }
}

/** A comma list of jobs → those jobs in their usual order. */
export const jobs: Kind<readonly JobName[]> = {
  expected: `a comma list of ${JOBS.join(' and ')}`,
  parse(given) {
    const names = given.split(',').map(name => name.trim())
    const known: readonly string[] = JOBS
    if (!names.every(name => known.includes(name))) throw new Unfit(jobs.expected)
    return JOBS.filter(job => names.includes(job))
  },
  show: value => value.join(','),
}

export const timezone: Kind<string> = {
  expected: 'the name of a time zone, e.g. UTC or Europe/Berlin',
  parse(given) {
    const zone = given.trim()
    try {
      // Each of the two accepts names that the other refuses.
      new Intl.DateTimeFormat('en', { timeZone: zone })
      nextSlot({ cron: '0 0 * * *', timezone: zone }, 0)
    } catch {
      throw new Unfit(timezone.expected)
    }
    return zone
  },
  show: value => value,
}
