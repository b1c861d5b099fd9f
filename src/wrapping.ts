import { stripVTControlCharacters } from 'node:util'

/** Between columns. */
const GAP = 2
/** A blank is no end of a word between a number and its unit. */
const BLANK = /(?<!\d) | (?!(?:ms|s|min|h|d|%|MiB)(?![a-z]))/
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`, 'g')
/** Codes that end a colour, and that end bold or dim. */
const ENDS = new Set(['0', '22', '39'])
const PLAIN = `${String.fromCharCode(27)}[39m${String.fromCharCode(27)}[22m`

/** Columns that a text takes on a terminal. */
export function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

/**
 * How wide each column of a table may be to fit in `width`: the widest give way first, none is
 * narrower than its longest word. Null where that is not enough.
 */
export function fitted(rows: readonly (readonly string[])[], width: number): number[] | null {
  const columns = (rows[0] ?? []).map((_, column) => rows.map(row => row[column] ?? ''))
  const widths = columns.map(cells => Math.max(...cells.map(lengthOf)))
  const least = columns.map(cells => Math.max(...cells.flatMap(words).map(lengthOf)))
  const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, GAP * (all.length - 1))
  if (sum(widths) <= width) return widths
  if (sum(least) > width) return null
  for (let over = sum(widths) - width; over > 0; over--) {
    const [widest] = widths
      .map((wide, column) => ({ wide, column }))
      .filter(({ wide, column }) => wide > (least[column] ?? 0))
      .sort((a, b) => b.wide - a.wide)
    if (widest === undefined) return null
    widths[widest.column] = widest.wide - 1
  }
  return widths
}

/** A text in lines of at most `width`, broken between words; a longer word is broken, too. */
export function wrap(text: string, width: number): string {
  if (lengthOf(text) <= width) return text
  const lines = ['']
  for (const word of words(text).flatMap(it => pieces(it, width))) {
    const last = lines.at(-1) as string
    if (last !== '' && lengthOf(last) + 1 + lengthOf(word) > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return repainted(lines).join('\n')
}

function words(text: string): string[] {
  return text.split(BLANK)
}

function pieces(word: string, width: number): string[] {
  if (lengthOf(word) <= width) return [word]
  const plain = stripVTControlCharacters(word)
  return Array.from({ length: Math.ceil(plain.length / width) }, (_, index) =>
    plain.slice(index * width, (index + 1) * width),
  )
}

/** A colour that goes on in the next line ends with the line, and begins anew. */
function repainted(lines: readonly string[]): string[] {
  let open = ''
  return lines.map(line => {
    const text = open + line
    const last = [...text.matchAll(COLOUR)].at(-1)
    open = last === undefined || ENDS.has(last[1] ?? '') ? '' : last[0]
    return open === '' ? text : text + PLAIN
  })
}
