import Table from 'cli-table3'
import pc from 'picocolors'
import { fitted, lengthOf, wrap } from './wrapping.ts'
import { zone } from './zone.ts'

/** Node asks NO_COLOR and TERM; picocolors would also colour what is piped where CI is set. */
const coloured = process.stdout.isTTY === true && process.stdout.hasColors()
const { red, yellow, green, dim, bold } = pc.createColors(coloured)

/** Colours for a terminal: none when piped, none with NO_COLOR. */
export const paint = { red, yellow, green, dim, bold, plain: (text: string) => text }

/** The tone of a verdict, wherever people read one. */
export function verdictTone(verdict: string): (text: string) => string {
  if (verdict === 'succeeded') return paint.green
  return verdict === 'failed' || verdict === 'unknown' ? paint.red : paint.yellow
}

/**
 * Local time of day with ms, `13:05:09.123`; with the date when it is not today's, and with the zone
 * when it is not that of now. Beside it the reader finds the zone of now: `timed`, `moment`, `dayMarks`.
 */
export function clock(at: number): string {
  const date = new Date(at)
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`
  const dated = day(at) === day(Date.now()) ? time : `${day(at)} ${time}`
  return zone(at) === zone(Date.now()) ? dated : `${dated} ${zone(at)}`
}

/** The same in a sentence, which has to say its zone itself: `13:05:09.123 UTC+1`. */
export function moment(at: number): string {
  return zone(at) === zone(Date.now()) ? `${clock(at)} ${zone(at)}` : clock(at)
}

/** The head of a column of times: `slot (UTC+1)`. */
export function timed(title: string): string {
  return `${title} (${zone(Date.now())})`
}

/** For lines that go on for days: a line with day and zone, before the first and where they change. */
export function dayMarks(): (at: number) => string {
  let last = ''
  return at => {
    const now = `${day(at)} ${zone(at)}`
    if (now === last) return ''
    last = now
    return `${paint.dim(now)}\n`
  }
}

function day(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function two(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}

/** A length of time for people: `250 ms`, `12 s`, `5 min`, `3.5 h`, `2 d`. */
export function span(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ] as const
  const unit = units.find(([size]) => Math.abs(ms) >= size)
  if (unit === undefined) return `${Math.round(ms)} ms`
  return `${Number((ms / unit[0]).toFixed(1))} ${unit[1]}`
}

/**
 * Text from elsewhere as it may be shown: what could move a cursor, paint or turn the direction of
 * writing stands there as an escape. Applied to JSON it is still JSON, of the same value.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, character => SHORT[character] ?? unicode(character))
}

/** One object on one line, for programs. */
export function jsonLine(value: object): string {
  return `${printable(JSON.stringify(value))}\n`
}

/** Columns of the terminal, or as COLUMNS says; Infinity where nobody reads on one. */
export function widthOf(
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number },
  env: Record<string, string | undefined>,
): number {
  return Number(env.COLUMNS) || (stdout.isTTY === true && stdout.columns) || Infinity
}

/**
 * A table without frames; cells may be painted. What is wider than `width` breaks lines between
 * words, and where words are too long for that, each row is a list of its cells.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string {
  const widths = fitted([head, ...rows], width)
  if (widths === null) return rows.map(row => listed(head, row, width)).join('\n\n')
  const broken = (cells: readonly string[]) =>
    cells.map((cell, column) => wrap(cell, widths[column] ?? Infinity))
  return framed(broken(head), rows.map(broken))
}

function framed(head: readonly string[], rows: readonly string[][]): string {
  const lines = new Table({
    head: head.map(title => paint.bold(title)),
    chars: { ...NO_FRAME },
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
  })
  lines.push(...rows)
  return lines
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
}

/**
 * A table that goes on: the head stands once, and columns are as wide as anything in them so far, or
 * as the cell in `room`.
 */
export function growingTable(
  head: readonly string[],
  room: readonly string[] = [],
): (rows: readonly (readonly string[])[]) => string {
  const widths = head.map((title, column) => Math.max(title.length, room[column]?.length ?? 0))
  let begun = false
  return rows => {
    for (const row of rows) {
      for (const [column, cell] of row.entries()) {
        widths[column] = Math.max(widths[column] ?? 0, lengthOf(cell))
      }
    }
    const lines = [...(begun ? [] : [head.map(title => paint.bold(title))]), ...rows]
    begun = true
    return lines.map(cells => `${cells.map(padded).join('').trimEnd()}\n`).join('')
  }

  function padded(cell: string, column: number): string {
    const length = (widths[column] ?? 0) + GAP
    return cell + ' '.repeat(length - lengthOf(cell))
  }
}

/** A row, one cell on each line. */
function listed(head: readonly string[], row: readonly string[], width: number): string {
  const titles = Math.max(...head.map(lengthOf)) + GAP
  return row
    .flatMap((cell, column) => {
      if (cell === '') return []
      const title = head[column] ?? ''
      const lines = wrap(cell, Math.max(width - titles, 10)).split(`\n`)
      const text = lines.join(`\n${' '.repeat(titles)}`)
      return [`${paint.bold(title)}${' '.repeat(titles - lengthOf(title))}${text}`]
    })
    .join('\n')
}

const GAP = 2
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu
const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

const NO_FRAME = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map(name => [name, '']),
)
