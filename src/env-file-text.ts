import { SETTINGS } from './settings.ts'
import { spelled } from './unknown-variables.ts'

const KNOWN: ReadonlySet<string> = new Set(SETTINGS.map(setting => setting.env))

/** As dotenv finds them: a name, and its value as it stands, quotation marks and all. */
const ASSIGNMENT =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/dgm

/** A name with its value. */
interface Assignment {
  name: string
  /** Of the name. */
  line: number
  /** Of the value's end. */
  lastLine: number
  /** The value as it stands there, without spaces around it. */
  raw: string
}

/**
 * One mistake for each setting in `text` whose value is surely not the one that was meant: its
 * quotation mark takes in the lines after it, or is not closed, or turns `\n` into a line break; or it
 * is given twice. Only the last one would count.
 */
export function misread(text: string, file: string): string[] {
  const firsts = new Map<string, number>()
  return assignments(text).flatMap(assignment => {
    const { name, line, lastLine, raw } = assignment
    const label = `${name} (${file}, line ${line})`
    if (lastLine > line) return swallowing(text, assignment).map(why => `${label}: ${why}`)
    const inside = another(raw).map(why => `${label}: ${why}`)
    if (!KNOWN.has(name)) return inside
    const first = firsts.get(name)
    firsts.set(name, first ?? line)
    const twice = first === undefined ? [] : [`given in line ${first} already; keep one of the two`]
    return [...inside, ...[...quoting(raw), ...twice].map(why => `${label}: ${why}`)]
  })
}

/**
 * One mistake for each line that looks as if it gave a setting a value, and is passed over by what
 * reads the file: `SCHEDULER_INTERVAL 60`, `set SCHEDULER_INTERVAL=60`, `scheduler-interval=60`.
 */
export function passedOver(text: string, file: string): string[] {
  const read = assignments(text)
  return text.split(/\r\n?|\n/).flatMap((content, index) => {
    const line = index + 1
    const name = namedIn(content)
    const inValue = read.some(one => one.line < line && line <= one.lastLine)
    const isRead = read.some(one => one.line === line && one.name === name)
    if (name === undefined || inValue || isRead) return []
    return [`${name} (${file}, line ${line}): expected ${name}=<value>`]
  })
}

/** The setting that a line is about, however it is written; other programs have a redis_url, too. */
function namedIn(line: string): string | undefined {
  const [left = ''] = line.split(/[=#]/)
  for (const word of left.match(/\w[\w.-]*/g) ?? []) {
    const name = spelled(word)
    if (KNOWN.has(name)) return name
  }
  return undefined
}

/** Warns of backslashes that look as if they went away, and stay. */
export function backslashes(text: string, file: string): string[] {
  return assignments(text)
    .filter(({ name, raw }) => KNOWN.has(name) && /^(".*\\["\\].*"|'.*\\'.*')$/.test(raw))
    .map(({ name, line }) => {
      return `${name} (${file}, line ${line}): a backslash does not escape there, it is part of the value`
    })
}

function assignments(given: string): Assignment[] {
  const text = given.replace(/\r\n?/g, '\n')
  const lineAt = (index: number) => text.slice(0, index).split('\n').length
  return [...text.matchAll(ASSIGNMENT)].map(match => {
    const [, name = '', value = ''] = match
    const line = lineAt(match.indices?.[1]?.[0] ?? 0)
    const from = match.indices?.[2]?.[0] ?? 0
    const lastLine = value.trim() === '' ? line : lineAt(from + value.trimEnd().length)
    return { name, line, lastLine, raw: value.trim() }
  })
}

/** Other programs may have values of many lines, as long as no setting of ours is among them. */
function swallowing(text: string, { name, line, lastLine }: Assignment): string[] {
  const inside = text.split(/\r\n?|\n/).slice(line, lastLine)
  const lost = inside.flatMap((content, index) => {
    const setting = /^\s*(?:export\s+)?(\w+)\s*=/.exec(content)?.[1] ?? ''
    return KNOWN.has(setting) ? [`${setting} (line ${line + 1 + index})`] : []
  })
  if (lost.length === 0 && !KNOWN.has(name)) return []
  const effect = lost.length === 0 ? '' : `, which makes ${lost.join(', ')} part of the value`
  return [`its quotation mark is closed only in line ${lastLine}${effect}`]
}

/** As a shell has it, `A=1 B=2`; here the second is a part of the first, a password perhaps. */
function another(raw: string): string[] {
  if (/^(['"`]).*\1$/.test(raw)) return []
  const names = [...raw.matchAll(/[\s;&,](\w+)\s*=/g)].map(([, name = '']) => spelled(name))
  const lost = names.filter(name => KNOWN.has(name))
  return lost.map(name => `${name}= is part of its value; give it a line of its own`)
}

function quoting(raw: string): string[] {
  const [mark = ''] = raw
  const better = 'put such a value into a file (…_FILE)'
  if (mark !== '' && '“”‘’„«»'.includes(mark))
    return [`${mark} is no quotation mark here; use ' or ", or ${better}`]
  if (!['"', "'", '`'].includes(mark)) return []
  if (raw.length === 1 || !raw.endsWith(mark)) {
    return [`it begins with ${mark} and does not end with it; close it, or ${better}`]
  }
  const lineBreak = mark === '"' ? /\\[nr]/.exec(raw)?.[0] : undefined
  if (lineBreak === undefined) return []
  return [`${lineBreak} in double quotes is a line break; use single quotes, or ${better}`]
}
