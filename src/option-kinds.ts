import { INSTANT, parseInstant } from './duration.ts'
import { count, duration, type Kind, Unfit } from './setting-kinds.ts'

/** An option as the command line's parser takes it. */
export interface Option {
  type: 'string' | 'boolean'
  describe: string
  group?: string
  alias?: string
  requiresArg?: boolean
  demandOption?: boolean
  choices?: readonly string[]
  default?: string
  defaultDescription?: string
  coerce?: (text: string) => unknown
}

export function text(describe: string): Option {
  return { type: 'string', describe, requiresArg: true }
}

export function flag(describe: string): Option {
  return { type: 'boolean', describe }
}

export function time(name: string, describe: string, preset?: string): Option {
  return parsedBy(name, duration('0s', '366d'), describe, preset)
}

export function counted(
  name: string,
  min: number,
  max: number,
  describe: string,
  preset?: string,
): Option {
  return parsedBy(name, count(min, max), describe, preset)
}

export function rate(name: string, describe: string): Option {
  const expected = 'a number from 0 to 1'
  const parse = (given: string) => {
    const value = given.trim() === '' ? Number.NaN : Number(given)
    if (!(value >= 0 && value <= 1)) throw new Unfit(expected)
    return value
  }
  return parsedBy(name, { expected, parse, show: String }, describe, '0')
}

export function instant(name: string, describe: string): Option {
  const parse = (given: string) => {
    const at = parseInstant(given, Date.now())
    if (at === null) throw new Unfit(INSTANT)
    return at
  }
  return parsedBy(name, { expected: INSTANT, parse, show: String }, describe)
}

function parsedBy<T>(name: string, kind: Kind<T>, describe: string, preset?: string): Option {
  const coerce = (given: string) => {
    try {
      return kind.parse(given)
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      throw new Unfit(`--${name}: expected ${error.message}, got ${JSON.stringify(given)}`)
    }
  }
  return { ...text(describe), coerce, ...(preset === undefined ? {} : { default: preset }) }
}
