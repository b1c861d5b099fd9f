import type { CallsView } from '../../views.ts'
import { Chart } from '../charts/chart.tsx'
import { column, type Drawing, look } from '../charts/drawing.ts'
import { breaksOf } from '../charts/gaps.ts'
import { span } from '../time.tsx'

export interface CallsProps {
  calls: CallsView
  log: boolean
  setLog(log: boolean): void
  onZoom(from: number, to: number): void
  onReset(): void
}

const CHARTS = [
  ['Call duration', 'durationMs'],
  ['Lateness', 'latenessMs'],
] as const

/** How long calls took and how late they left, by schedule. */
export function Calls({ calls, log, setLog, onZoom, onReset }: CallsProps) {
  return (
    <>
      {CHARTS.map(([name, what]) => (
        <Chart key={name} name={name} drawing={drawing(calls, what, log)} {...{ onZoom, onReset }}>
          <button
            type="button"
            class="small"
            aria-pressed={log}
            title="Draw by factors instead of differences"
            onClick={() => setLog(!log)}
          >
            Logarithmic
          </button>
        </Chart>
      ))}
    </>
  )
}

function drawing({ from, to, at, columns, schedules }: CallsView, what: string, log: boolean) {
  return {
    from,
    to,
    at,
    // A slot without a call has no numbers; of several schedules, a row is only one's.
    breaks: schedules.length === 1 ? breaksOf(at, columns) : [],
    lines: schedules.map((schedule, index) => ({
      name: schedule,
      values: column(columns, `${schedule}:${what}`) ?? at.map(() => null),
      ...look(index),
    })),
    write: fine,
    tick: value => span(value),
    log,
    fromZero: true,
  } satisfies Drawing
}

/** Below 10 ms a tenth tells something. */
function fine(ms: number): string {
  return Math.abs(ms) < 10 ? `${Number(ms.toFixed(1))} ms` : span(ms)
}
