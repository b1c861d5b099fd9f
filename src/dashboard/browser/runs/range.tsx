import type { Change } from '../address.ts'
import type { RunsQuery } from './query.ts'

interface RunsRangeProps {
  query: RunsQuery
  choose: (change: Change) => void
}

/** From when to when, in the reader's zone, to the second. */
export function RunsRange({ query, choose }: RunsRangeProps) {
  return (
    <div class="choosers">
      <Moment
        title="From"
        at={query.from}
        choose={at => choose({ from: at === null ? null : String(at), last: null })}
      />
      <Moment
        title="To"
        at={query.to}
        // The second that is named belongs to it.
        choose={at => choose({ to: at === null ? null : String(at + 999), last: null })}
      />
    </div>
  )
}

interface MomentProps {
  title: string
  at: number | null
  choose: (at: number | null) => void
}

function Moment({ title, at, choose }: MomentProps) {
  const change = (value: string) => {
    const time = value === '' ? null : new Date(value).getTime()
    if (time === null || !Number.isNaN(time)) choose(time)
  }
  return (
    <label class="field">
      <span>{title}</span>
      <input
        type="datetime-local"
        step="1"
        value={at === null ? '' : local(at)}
        onChange={({ currentTarget }) => change(currentTarget.value)}
      />
    </label>
  )
}

/** As such an input has it: `2026-01-31T13:05:09`, in the reader's zone. */
function local(at: number): string {
  const date = new Date(at)
  const time = new Date(at - date.getTimezoneOffset() * 60_000)
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 19)
}
