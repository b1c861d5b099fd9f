import { COMMANDS } from './command-declarations.ts'
import { COMMAND_OPTIONS, settingOptions } from './command-options.ts'
import { distance } from './unknown-variables.ts'

const EVERY = new Set(
  [settingOptions(), ...Object.values(COMMAND_OPTIONS)].flatMap(options => Object.keys(options)),
)
type Command = keyof typeof COMMANDS

/** Of what may have been meant, so many are named. */
const NAMED = 3

/** What is wrong with what was typed, from what the parser of the command line says of it. */
export function missing(message: string, typed: readonly string[]): string {
  const options = /^Missing required arguments?: (.*)$/.exec(message)?.[1]?.split(', ')
  if (options) return `Missing: ${options.map(name => `--${name}`).join(', ')}`
  const command = typed.find(word => Object.hasOwn(COMMANDS, word))
  const target = command && COMMANDS[command as Command].target
  if (target && message.startsWith('Not enough non-option')) return `Missing: <${target.name}>`
  return message
}

/** What others call our commands, and what would be taken for a typing mistake of another one. */
const SYNONYMS: Readonly<Record<string, string>> = {
  start: 'up',
  help: '--help',
  version: '--version',
}

/** Says of a word that is no command, or one too many after `command`, what to do. */
export function unknownWord(word: string, command: Command | null, npm: boolean): string {
  if (command === null) {
    const [synonym] = Object.hasOwn(SYNONYMS, word) ? [SYNONYMS[word]] : []
    return meant(word, synonym === undefined ? alike(word, Object.keys(COMMANDS)) : [synonym])
  }
  const { target } = COMMANDS[command]
  if (!npm) {
    const room = target ? `one ${target.name} and options` : 'options only'
    return `Unknown: ${word} (${command} takes ${room})`
  }
  return Object.hasOwn(COMMANDS, word)
    ? `Unknown: ${word} (npm start runs ${command}; for this one type npx hft-scheduler ${word})`
    : // It may be the value of an option that npm has taken, and a secret.
      'Unknown words: options follow a --, as in npm start -- --interval 1'
}

/** Says of an option that `known`, those of the command, do not name, which may have been meant. */
export function unknownOption(option: string, known: readonly string[]): string {
  const name = option.replace(/^--?/, '')
  if (Object.hasOwn(NODES, name)) return `${option}: ${NODES[name]}`
  const near = name.length > 1 ? alike(name.replace(/^no-/, ''), known) : []
  // What stands behind one letter may be a value, and a secret.
  const shown = near.length > 0 || option.startsWith('--') ? option : option.slice(0, 2)
  const elsewhere = EVERY.has(name) && option.startsWith('--')
  return meant(shown, near.map(dashed), elsewhere ? 'not an option of this command' : '')
}

function dashed(name: string): string {
  return `--${name}`
}

/**
 * Node.js reads these wherever they stand, and before us: it takes what is in the file for the
 * environment's, and ends without a word of ours where there is none.
 */
const NODES: Readonly<Record<string, string>> = Object.fromEntries(
  ['env-file', 'env-file-if-exists'].map(name => [
    name,
    'Node.js takes this option for itself; type --settings <file>',
  ]),
)

/** The ones of `names` that `name` is a mistyped form of, else those it is a whole part of. */
export function alike(name: string, names: readonly string[]): string[] {
  const word = letters(name)
  // One letter too many, too few or in the wrong place; of a short name, no more than one.
  const most = word.length < 4 ? 1 : 2
  const far = names.map(it => ({ it, mistakes: typingMistakes(word, letters(it)) }))
  const least = Math.min(...far.map(({ mistakes }) => mistakes))
  if (least <= most) return far.filter(({ mistakes }) => mistakes === least).map(({ it }) => it)
  if (word.length < 3) return []
  return names.filter(it => it.startsWith(name) || it.endsWith(`-${name}`))
}

/** Two letters in the wrong order are one mistake, not one too many and one too few. */
function typingMistakes(a: string, b: string): number {
  const at = [...a].findIndex((letter, index) => letter !== b[index])
  const swapped = a.slice(0, at) + (a[at + 1] ?? '') + (a[at] ?? '') + a.slice(at + 2)
  return at >= 0 && swapped === b ? 1 : distance(a, b)
}

export function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '')
}

function meant(typed: string, names: readonly string[], remark = ''): string {
  const all = names.slice(0, NAMED).join(' or ')
  const question = all === '' ? '' : `did you mean ${all}?`
  const remarks = [remark, question].filter(text => text !== '').join('; ')
  return `Unknown: ${typed}${remarks === '' ? '' : ` (${remarks})`}`
}
