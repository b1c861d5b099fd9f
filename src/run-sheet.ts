import type { Format } from './formats.ts'
import type { Run } from './ledger/run.ts'
import { CSV_HEAD, csvOfRun } from './run-csv.ts'
import { clock, growingTable, jsonLine, paint, printable, timed, verdictTone } from './terminal.ts'
import { fitted, wrap } from './wrapping.ts'

const HEAD = ['schedule', 'verdict', 'reason', 'late', 'took', 'attempts', 'HTTP', 'worker']
/** Of an error's detail a line shows this many characters; --json shows all. */
const DETAIL = 100
/** A terminal with fewer columns has the first columns only. */
const WIDE = 120
const [MOST, LEAST] = [6, 4]
const INDENT = 2

/**
 * Runs as lines, the same wherever they are printed: JSON, CSV, or a table for people that goes on
 * and has room for the ids of `schedules` from the start.
 */
export function runSheet(
  format: Format,
  width = Infinity,
  schedules: readonly string[] = [],
): (runs: readonly Run[]) => string {
  if (format === 'csv') return csvSheet()
  if (format !== 'table') return runs => runs.map(run => jsonLine(record(run))).join('')
  const longest = schedules.reduce((long, id) => (id.length > long.length ? id : long), '')
  const room = schedules.length === 0 ? [] : [clock(Date.now()), longest, 'engine-stopped']
  if (width < WIDE) return narrow(width, room)
  const print = growingTable([timed('slot'), ...HEAD, 'detail'], room)
  return runs => (runs.length === 0 ? '' : print(runs.map(row)))
}

function csvSheet(): (runs: readonly Run[]) => string {
  let head = CSV_HEAD
  return runs => {
    const text = head + runs.map(csvOfRun).join('')
    head = ''
    return text
  }
}

/** As many of the first columns as fit; what else there is to say of a run that did not succeed stands below it. */
function narrow(width: number, room: readonly string[]): (runs: readonly Run[]) => string {
  const titles = [timed('slot'), ...HEAD]
  let few = MOST
  let print: ReturnType<typeof growingTable> | undefined
  return runs => {
    if (runs.length === 0) return ''
    const rows = runs.map(row)
    if (print === undefined) {
      while (few > LEAST && !fits([titles, room, ...rows], few, width)) few--
      print = growingTable(titles.slice(0, few), room.slice(0, few))
    }
    const lines = print(rows.map(cells => cells.slice(0, few))).split('\n')
    const head = lines.splice(0, lines.length - 1 - runs.length)
    const told = runs.flatMap((run, index) => [lines[index] as string, ...aside(run, width)])
    return [...head, ...told].map(line => `${line}\n`).join('')
  }
}

function fits(rows: readonly (readonly string[])[], count: number, width: number): boolean {
  return (
    fitted(
      rows.map(cells => cells.slice(0, count)),
      width,
    ) !== null
  )
}

function aside({ verdict, attempts, status, worker, detail }: Run, width: number): string[] {
  if (verdict === 'succeeded' && attempts === 1) return []
  const facts = [
    attempts > 1 ? `${attempts} attempts` : '',
    status === null ? '' : `HTTP ${status}`,
    worker ?? '',
  ]
  const told = facts.filter(fact => fact !== '').join(', ')
  const text = printable(detail ? `${told}: ${detail.slice(0, DETAIL)}` : told)
  if (text === '') return []
  const lines = wrap(text, width - INDENT).split('\n')
  return lines.map(line => `${' '.repeat(INDENT)}${paint.dim(line)}`)
}

/** The keys that programs rely on; those after `at` stand only where they apply. */
function record(run: Run): object {
  const { schedule, engine, job, slot, verdict, reason, latenessMs, durationMs, attempts } = run
  const { status, worker, at, manual, asked, request, count, to, detail } = run
  return {
    ...{ schedule, engine, job, slot, verdict, reason, latenessMs },
    ...{ durationMs: durationMs === null ? null : Math.round(durationMs * 1000) / 1000, attempts },
    ...{ status, worker, at },
    ...(manual === undefined ? {} : { manual }),
    ...(asked === undefined ? {} : { asked }),
    ...(request === undefined ? {} : { request }),
    ...(count === undefined ? {} : { count, to }),
    ...(detail === undefined ? {} : { detail }),
  }
}

function row(run: Run): string[] {
  return [
    when(run),
    printable(run.schedule),
    verdictTone(run.verdict)(run.verdict),
    printable(run.reason ?? '-'),
    milliseconds(run.latenessMs),
    milliseconds(run.durationMs),
    String(run.attempts),
    String(run.status ?? '-'),
    printable(run.worker ?? '-'),
    paint.dim(printable((run.detail ?? '').slice(0, DETAIL))),
  ]
}

function when({ slot, at, count, to }: Run): string {
  if (slot === null) return `by hand ${clock(at)}`
  if (count === undefined || to === undefined) return clock(slot)
  return `${clock(slot)} to ${clock(to)}, ${count} slots`
}

function milliseconds(value: number | null): string {
  return value === null ? '-' : `${Math.round(value)} ms`
}
