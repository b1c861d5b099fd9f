import { csvLine } from './csv.ts'
import type { Format } from './formats.ts'
import type { Point } from './ledger/stats.ts'
import { clock, growingTable, jsonLine, printable, timed } from './terminal.ts'
import { fitted } from './wrapping.ts'

/** What tells most of a position; shown to people where an engine sends it. */
const TELLING = [
  'price_current',
  'range_lower',
  'range_upper',
  'tick_current',
  'tokenID',
  'is_open',
]
/** Fields shown to people of an engine that sends others. */
const WIDE = 6

/**
 * Points as lines, batch by batch. The first batch decides on the columns of a CSV unless `chosen`
 * does; `warn` hears once of a field that is left out.
 */
export function statsSheet(
  format: Format,
  warn: (message: string) => void,
  { chosen, width = Infinity }: { chosen?: readonly string[] | undefined; width?: number } = {},
): (points: readonly Point[]) => string {
  if (format === 'ndjson' || format === 'json') {
    return points =>
      points
        .map(({ engine, at, slot, job, stats }) => jsonLine({ engine, at, slot, job, stats }))
        .join('')
  }
  return format === 'csv' ? csv(warn, chosen) : forPeople(warn, width)
}

function csv(
  warn: (message: string) => void,
  chosen?: readonly string[],
): (points: readonly Point[]) => string {
  let fields = chosen
  let begun = false
  let warned = false
  return points => {
    const found = fieldsOf(points)
    if (points.length > 0) fields ??= found
    const first = !begun && fields !== undefined
    if (first) begun = true
    const columns = fields ?? []
    const left = found.filter(name => !columns.includes(name))
    if (left.length > 0 && !warned) {
      warned = true
      warn(`fields that came later are left out: ${left.map(printable).join(', ')}`)
    }
    // An engine may use our names too.
    const names = columns.map(name => (OURS.includes(name) ? `stats.${name}` : name))
    const lines = points.map(({ at, engine, slot, job, stats }) =>
      csvLine([at, engine, slot, job, ...columns.map(name => stats[name] ?? null)]),
    )
    return (first ? csvLine([...OURS, ...names]) : '') + lines.join('')
  }
}

const OURS = ['at', 'engine', 'slot', 'job']

function forPeople(
  warn: (message: string) => void,
  width: number,
): (points: readonly Point[]) => string {
  let columns: string[] = []
  let print: ReturnType<typeof growingTable> | undefined
  return points => {
    if (points.length === 0) return ''
    if (print === undefined) {
      const fields = fieldsOf(points)
      const telling = TELLING.filter(name => fields.includes(name))
      columns = telling.length > 0 ? telling : fields.slice(0, WIDE)
      const wanted = columns.length
      while (
        columns.length > 1 &&
        fitted([head(columns), ...rowsOf(points, columns)], width) === null
      )
        columns = columns.slice(0, -1)
      if (columns.length < wanted) {
        warn(`no room for all fields in ${width} columns; --format csv and --json have them`)
      }
      print = growingTable(head(columns))
    }
    return print(rowsOf(points, columns))
  }
}

function head(columns: readonly string[]): string[] {
  return [timed('at'), 'engine', 'job', ...columns.map(printable)]
}

function rowsOf(points: readonly Point[], columns: readonly string[]): string[][] {
  return points.map(({ at, engine, job, stats }) => [
    clock(at),
    printable(engine),
    printable(job),
    ...columns.map(name => shown(stats[name] ?? null)),
  ])
}

function fieldsOf(points: readonly Point[]): string[] {
  return [...new Set(points.flatMap(({ stats }) => Object.keys(stats)))]
}

function shown(value: Point['stats'][string]): string {
  if (value === null) return '-'
  if (Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'number') return String(Number(value.toPrecision(10)))
  return printable(String(value))
}
