/** What the words of a command line say, before anybody asks what it means. */
export interface Words {
  /** The command, and what it is done to. */
  readonly names: readonly string[]
  /** Options in the order typed; a flag that stands alone says `yes`. */
  readonly options: readonly { readonly name: string; readonly text: string }[]
  /** Options that there are none of, without their values. */
  readonly unknown: readonly string[]
  /** What cannot be read, a line each; never with a value, which may be a secret. */
  readonly mistakes: readonly string[]
}

export interface Spelling {
  readonly flag: boolean
  /** One letter. */
  readonly alias?: string | undefined
}

/** What a flag says that stands alone. */
export const ALONE = 'yes'
/** What follows a flag and looks like its value: it would be taken for a name. */
const ANSWER = /^(?:yes|no|true|false|on|off|1|0)$/i

/**
 * Splits `typed` by the rules that other programs have: `--name=value`, `--name value`, `-nvalue`,
 * `--flag`, `--no-flag`, and no options after `--`. A value that begins with `-` needs the `=`: what
 * follows may be an option whose predecessor was left without its value.
 */
export function split(typed: readonly string[], known: ReadonlyMap<string, Spelling>): Words {
  const short = new Map([...known].map(([name, { alias }]) => [alias, name]))
  const [names, unknown, mistakes]: [string[], string[], string[]] = [[], [], []]
  const options: { name: string; text: string }[] = []
  const end = typed.includes('--') ? typed.indexOf('--') : typed.length
  const words = typed.slice(0, end)
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, no, long = '', value] = LONG.exec(word) ?? []
    const letter = LETTER.exec(word)?.[1]
    const name = letter === undefined ? undefined : short.get(letter)
    if (!/^-./.test(word)) names.push(word)
    // With one dash instead of two, `-username` would be a user called sername.
    else if (name !== undefined && !known.has(named(word).slice(1))) option(name, attached(word))
    else if (known.has(long)) {
      if (no === undefined) option(long, value ?? null)
      else negated(long, value)
    } else {
      unknown.push(named(word))
      // Its value, if it is one: it would be taken for a name, and shown.
      if (!word.includes('=') && words[0] !== undefined && !/^-./.test(words[0])) words.shift()
    }
  }
  for (const word of typed.slice(end + 1)) {
    if (/^-./.test(word)) mistakes.push(`${named(word)}: no options are read after --`)
    else names.push(word)
  }
  return { names, options, unknown, mistakes }

  function option(name: string, given: string | null): void {
    const [next] = words
    if (known.get(name)?.flag === true) {
      if (given === null && next !== undefined && ANSWER.test(next)) {
        words.shift()
        mistakes.push(`--${name} ${next}: expected --${name}=${next}`)
      }
      options.push({ name, text: given ?? ALONE })
    } else if (given !== null) options.push({ name, text: given })
    else if (next === undefined) mistakes.push(`--${name}: expected a value, got nothing`)
    else if (/^-./.test(next)) {
      mistakes.push(`--${name}: expected a value; one that begins with - is typed --${name}=-…`)
    } else options.push({ name, text: words.shift() as string })
  }

  function negated(name: string, value: string | undefined): void {
    if (known.get(name)?.flag !== true) {
      mistakes.push(`--no-${name}: --${name} is no flag, it takes a value`)
    } else if (value !== undefined) mistakes.push(`--no-${name}: expected no value`)
    else options.push({ name, text: 'no' })
  }
}

const LONG = /^--(no-)?([^=]+)(?:=([\s\S]*))?$/
const LETTER = /^-([^-])/

/** The option without its value. */
function named(word: string): string {
  return word.replace(/=[\s\S]*$/, '')
}

/** The value in `-nvalue` or `-n=value`; null where it is to follow. */
function attached(word: string): string | null {
  return word.length === 2 ? null : word.slice(2).replace(/^=/, '')
}
