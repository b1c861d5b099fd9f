import { type Kind, Unfit } from './setting-kinds.ts'
import { nextSlot } from './slots.ts'

/** A cron pattern, or a name that stands for one, as the pattern with single blanks. */
export const cron: Kind<string> = {
  expected: 'a cron pattern of 5 fields, or 6 with seconds first, or a name such as @daily',
  parse(given) {
    const text = given.trim()
    // Read here, so that what is declared means the same to every process.
    if (text.startsWith('@')) {
      const pattern = NAMES[text.toLowerCase()]
      if (pattern === undefined) {
        throw new Unfit(`a cron pattern or one of ${Object.keys(NAMES).join(', ')}`)
      }
      return pattern
    }
    const fields = text.split(/\s+/)
    if (fields.length < 5 || fields.length > 6) throw new Unfit(cron.expected)
    // The parser takes H as "any", drawn anew at every parse: no two processes would agree.
    if (fields.some(field => /(^|,)H/i.test(field))) throw new Unfit(`${cron.expected}, without H`)
    const wrong = wrongFields(fields)
    if (wrong.length > 0) throw new Unfit(`a cron pattern (${wrong.join('; ')})`)
    const pattern = fields.join(' ')
    const why = refusal(pattern)
    if (why === null) return pattern
    // A day that none of its months has, in the parser's two ways of finding out.
    if (/loop limit|explicit day of month/.test(why))
      throw new Unfit('a cron pattern that fires some day')
    throw new Unfit(`${cron.expected} (${why})`)
  },
  show: value => value,
}

const NAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
}

const SECOND: Field = { name: 'second', min: 0, max: 59 }
const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12 },
  { name: 'day of the week', min: 0, max: 6 },
]

/** `minute "61": …` for each field that cannot be read alone, or says less than it seems to. */
function wrongFields(fields: readonly string[]): string[] {
  const known = fields.length === 6 ? [SECOND, ...FIELDS] : FIELDS
  return known.flatMap((field, index) => {
    const text = fields[index] as string
    const why = refusal(fields.map((_, other) => (other === index ? text : '*')).join(' '))
    const [, range] = /expected range (\d+-\d+)/.exec(why ?? '') ?? []
    const wrong = range ? `expected ${range}` : why
    const remark =
      wrong ??
      text
        .split(',')
        .map(part => vainStep(part, field))
        .find(Boolean)
    return remark ? [`${field.name} ${JSON.stringify(text)}: ${remark}`] : []
  })
}

/** A step that leads beyond the range at once: every 70th minute would be the first of each hour. */
function vainStep(part: string, { min, max }: Field): string | null {
  const [, range = '', step] = /^(.+)\/(\d+)$/.exec(part) ?? []
  if (step === undefined) return null
  const [first, last = String(max)] = /^[*?]$/.test(range) ? [String(min)] : range.split('-')
  const room = Number(last) - Number(first)
  if (!(Number(step) > room)) return null
  return `a step of ${step} leads beyond ${last} at once, so that only ${first} would remain`
}

function refusal(pattern: string): string | null {
  try {
    nextSlot({ cron: pattern, timezone: 'UTC' }, Date.now())
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
