import type { Cell, ScheduleView } from '../../views.ts'
import { cellKey } from '../live-view.ts'
import { link } from '../place.ts'
import { printable } from '../text.ts'
import { clock, span } from '../time.tsx'

/** What a cell of a strip tells, line by line. */
export function cellLines(cell: Cell): string[] {
  const { slot, verdict, reason, latenessMs, durationMs, at, manual, count, to } = cell
  const word = reason === null ? verdict : `${verdict} (${printable(reason)})`
  if (count !== undefined && count > 1 && slot !== null) {
    return [`${count.toLocaleString('en')} slots ${word}`, `${clock(slot)} to ${clock(to ?? slot)}`]
  }
  const when =
    manual || slot === null ? `called by hand, ended ${clock(at)}` : `slot ${clock(slot)}`
  const sent = latenessMs === null ? [] : [`sent ${fine(latenessMs)} late`]
  const took = durationMs === null ? [] : [`took ${span(durationMs)}`]
  const timing = [...sent, ...took].join(', ')
  return [word, when, ...(timing === '' ? [] : [timing])]
}

/** Where the run of a cell is told in full. */
export function cellAddress({ id }: ScheduleView, cell: Cell): string {
  return link('runs', { schedule: id, run: `${id}/${cellKey(cell)}` })
}

/** A lateness: whole ms hide that it is nearly nothing. */
function fine(ms: number): string {
  return ms < 10 ? `${Number(ms.toFixed(1))} ms` : span(ms)
}
