import type { Run } from './ledger/run.ts'
import { clock, growingTable, jsonLine, paint, printable, timed, verdictTone } from './terminal.ts'

const HEAD = ['schedule', 'verdict', 'reason', 'late', 'took', 'attempts', 'HTTP', 'worker']
/** Of an error's detail a line shows this many characters; --json shows all. */
const DETAIL = 100

/**
 * Runs as lines, the same wherever they are printed: JSON, or a table for people that goes on and has
 * room for the ids of `schedules` from the start.
 */
export function runSheet(
  json: boolean,
  schedules: readonly string[] = [],
): (runs: readonly Run[]) => string {
  if (json) return runs => runs.map(run => jsonLine(record(run))).join('')
  const longest = schedules.reduce((long, id) => (id.length > long.length ? id : long), '')
  const room = schedules.length === 0 ? [] : [clock(Date.now()), longest, 'engine-stopped']
  const print = growingTable([timed('slot'), ...HEAD, 'detail'], room)
  return runs => print(runs.map(row))
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
