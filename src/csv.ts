import { printable } from './terminal.ts'
import { isWhole } from './whole-number.ts'

type Cell = string | number | boolean | null

/**
 * One record as RFC 4180 quotes it, ended by a line feed. A text that a spreadsheet would take for a
 * formula begins with an apostrophe; digits alone are a number, whatever their size. Null is an empty
 * cell.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(written).join(',')}\n`
}

function written(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell)
  if (isWhole(cell)) return cell
  const text = printable(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)
  return /[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
