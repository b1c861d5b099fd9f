import { COMMANDS } from './command-declarations.ts'
import { GENERAL_OPTIONS, ownOptions, settingOptions } from './command-options.ts'
import type { Option } from './option-kinds.ts'
import { choice, flag, Unfit } from './setting-kinds.ts'
import { unknownOption, unknownWord } from './suggestion.ts'
import { ALONE, type Spelling, split } from './words.ts'

export interface Typed {
  /** The same in words that the parser of the command line cannot misread. */
  readonly words: readonly string[]
  /** What options say, by name: settings as the text that was typed, the others parsed. */
  readonly values: Readonly<Record<string, unknown>>
  /** What is wrong, a line each. */
  readonly mistakes: readonly string[]
}

type Command = keyof typeof COMMANDS

const ALL = new Map<string, Option>(
  [GENERAL_OPTIONS, ...Object.keys(COMMANDS).map(name => optionsOf(name as Command))].flatMap(
    options => Object.entries(options),
  ),
)
const SPELLINGS = new Map<string, Spelling>([
  ...[...ALL].map(([name, { type, alias }]): [string, Spelling] => {
    return [name, { flag: type === 'boolean', alias }]
  }),
  ['help', { flag: true, alias: 'h' }],
  ['version', { flag: true }],
])

/**
 * Reads what was typed. yargs makes `no` of every value of a flag but `true`, takes quotation marks
 * off and lets the last of two options win; nothing that moves money may rest on that. So options
 * are read here, yargs gets what is left to it (commands, help), and what nobody understands is a
 * mistake. `npm`: npm passes the words on, and knows options of its own.
 */
export function readTyped(typed: readonly string[], npm: boolean): Typed {
  if (typed[0] === COMPLETION) return { words: typed, values: {}, mistakes: [] }
  const { names, options, unknown, mistakes } = split(typed, SPELLINGS)
  const [first] = names
  const command = first !== undefined && Object.hasOwn(COMMANDS, first) ? (first as Command) : null
  const asked = options.find(({ name, text }) => ASKED.includes(name) && text === ALONE)
  if (asked !== undefined) {
    const words = [...(command === null ? [] : [command]), `--${asked.name}`]
    return { words, values: {}, mistakes: [] }
  }
  const room = command === null ? names.length : COMMANDS[command].target ? 2 : 1
  const mine = new Map(command === null ? ALL : Object.entries(optionsOf(command)))
  const strange = [
    ...unknown,
    ...options.map(({ name }) => `--${name}`).filter(name => !mine.has(name.slice(2))),
  ]
  const { values, problems } = valuesOf(options, command)
  return {
    words: [
      ...names.slice(0, room),
      ...options.filter(({ text }) => text !== '').map(({ name, text }) => `--${name}=${text}`),
    ],
    values,
    mistakes: [
      ...(first === undefined || command !== null || first === 'completion'
        ? []
        : [unknownWord(first, null, npm)]),
      ...new Set(names.slice(room).map(word => unknownWord(word, command, npm))),
      ...[...new Set(strange)].map(name => unknownOption(name, [...mine.keys()])),
      ...mistakes,
      ...problems,
    ],
  }
}

/** The first word where a shell asks what could be typed. */
const COMPLETION = '--get-yargs-completions'
/** Questions that are answered whatever else was typed. */
const ASKED: readonly string[] = ['help', 'version']

function optionsOf(command: Command): Readonly<Record<string, Option>> {
  const settings = settingOptions(COMMANDS[command].groups)
  return { ...settings, ...ownOptions(command), ...GENERAL_OPTIONS }
}

function valuesOf(options: readonly { name: string; text: string }[], command: Command | null) {
  const own = command === null ? {} : { ...GENERAL_OPTIONS, ...ownOptions(command) }
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  const texts = new Map<string, string>()
  for (const { name, text } of options) {
    const said = SPELLINGS.get(name)?.flag ? plain(text) : text
    const before = texts.get(name)
    if (before !== undefined && before !== said) {
      problems.push(`--${name}: expected one value, got two that differ`)
    }
    texts.set(name, said)
    const option = own[name]
    // What is wrong with a setting is said with all that is wrong with the configuration.
    if (option === undefined) values[name] = text
    else {
      try {
        values[name] = parsed(name, option, text)
      } catch (error) {
        if (!(error instanceof Unfit)) throw error
        problems.push(error.message)
      }
    }
  }
  return { values, problems }
}

/** The value of an option that is no setting. Throws Unfit with the whole message. */
function parsed(name: string, { type, choices, coerce }: Option, text: string): unknown {
  if (coerce) return coerce(text)
  if (text === '') throw new Unfit(`--${name}: expected a value, got nothing`)
  const kind = type === 'boolean' ? flag : choices && choice(...choices)
  try {
    return kind ? kind.parse(text) : text
  } catch {
    throw new Unfit(`--${name}: expected ${kind?.expected}, got ${JSON.stringify(text)}`)
  }
}

/** One word for all that say the same of a flag. */
function plain(text: string): string {
  try {
    return flag.show(flag.parse(text))
  } catch {
    return text
  }
}
