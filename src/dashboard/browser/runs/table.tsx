import { useState } from 'preact/hooks'
import type { Run } from '../../../ledger/run.ts'
import { type Address, within } from '../address.ts'
import { printable } from '../text.ts'
import { span, Time } from '../time.tsx'
import { Verdict } from '../verdict.tsx'
import type { Hold } from './hold.ts'
import { nameOf } from './name.ts'

interface RunsTableProps {
  rows: readonly Run[]
  /** Ids of those that came while the page was open. */
  fresh: ReadonlySet<string>
  busy: boolean
  hold: Hold
  address: Address
}

/** Runs as rows; each leads to its details. The arrow keys go from row to row. */
export function RunsTable({ rows, fresh, busy, hold, address }: RunsTableProps) {
  const [current, setCurrent] = useState<string | null>(null)
  const reachable = rows.some(run => nameOf(run) === current) ? current : null
  return (
    <div class="card scroll runs" aria-busy={busy}>
      <table>
        <caption class="unseen">Runs, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Slot</th>
            <th scope="col">Schedule</th>
            <th scope="col">Verdict</th>
            <th scope="col">Reason</th>
            <th scope="col" class="number">
              Late
            </th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col" class="number">
              Attempts
            </th>
            <th scope="col" class="number">
              HTTP
            </th>
            <th scope="col">Worker</th>
          </tr>
        </thead>
        <tbody onMouseEnter={() => hold.pointed(true)} onMouseLeave={() => hold.pointed(false)}>
          {rows.map((run, index) => {
            const id = nameOf(run)
            return (
              <Row
                key={id}
                run={run}
                fresh={fresh.has(id)}
                reachable={reachable === null ? index === 0 : id === reachable}
                address={address}
                focused={() => setCurrent(id)}
              />
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  run: Run
  fresh: boolean
  /** By the Tab key; the others are by the arrow keys. */
  reachable: boolean
  address: Address
  focused: () => void
}

function Row({ run, fresh, reachable, address, focused }: RowProps) {
  const { schedule, slot, asked, at, verdict, reason, latenessMs, durationMs, attempts } = run
  const change = { run: nameOf(run) }
  return (
    <tr class={fresh ? 'fresh' : ''}>
      <td class="when">
        <a
          href={address.href(change)}
          tabIndex={reachable ? 0 : -1}
          onFocus={focused}
          onKeyDown={step}
          onClick={event => within(event, () => address.go(change))}
        >
          <Time at={slot ?? asked ?? at} ms />
        </a>
        {slot === null ? <span class="quiet"> by hand</span> : null}
      </td>
      <td class="name" title={printable(schedule)}>
        {printable(schedule)}
      </td>
      <td class="end">
        <Verdict verdict={verdict} />
      </td>
      {run.count !== undefined && run.to !== undefined && slot !== null ? (
        <td class="gap" colSpan={6}>
          {run.count} slots {verdict} from <Time at={slot} /> to <Time at={run.to} />
          {reason ? ` (${printable(reason)})` : ''}
        </td>
      ) : (
        <>
          <td class="code" data-label="reason" title={printable(reason ?? '')}>
            {printable(reason ?? '')}
          </td>
          <td class="number" data-label="late">
            {length(latenessMs)}
          </td>
          <td class="number" data-label="took">
            {length(durationMs)}
          </td>
          <td class="number" data-label="attempts">
            {attempts}
          </td>
          <td class="number" data-label="HTTP">
            {run.status ?? '–'}
          </td>
          <td class="code" data-label="worker" title={printable(run.worker ?? '')}>
            {printable(run.worker ?? '–')}
          </td>
        </>
      )}
    </tr>
  )
}

/** The arrow keys, Home and End lead from row to row. */
function step(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const row = event.currentTarget.closest('tr')
  const target = {
    ArrowDown: row?.nextElementSibling,
    ArrowUp: row?.previousElementSibling,
    Home: row?.parentElement?.firstElementChild,
    End: row?.parentElement?.lastElementChild,
  }[event.key]
  if (!target) return
  event.preventDefault()
  target.querySelector('a')?.focus()
}

function length(ms: number | null): string {
  return ms === null ? '–' : span(ms)
}
