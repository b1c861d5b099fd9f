import { useState } from 'preact/hooks'
import type { ScheduleView } from '../views.ts'
import { Last, ScheduleCard } from './overview-card.tsx'
import { NextSlot } from './overview-doing.tsx'
import { late, share } from './overview-figures.tsx'
import { Strip } from './overview-strip.tsx'
import { printable } from './text.ts'

/** One schedule of many on a line; it opens into its card. */
export function ScheduleRow({ schedule, write }: { schedule: ScheduleView; write: boolean }) {
  const [open, setOpen] = useState(false)
  const { id, cadence, latenessP99, successRate } = schedule
  return (
    <li class="row">
      <div class="line">
        <button
          type="button"
          class="id"
          aria-expanded={open}
          title={`${printable(id)}, ${printable(cadence)}`}
          onClick={() => setOpen(!open)}
        >
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> {printable(id)}
        </button>
        <Last schedule={schedule} />
        <span class="next">
          <NextSlot schedule={schedule} />
        </span>
        <Strip schedule={schedule} />
        <span class="number" title="lateness, p99">
          {latenessP99 === null ? '–' : `${late(latenessP99)} ms`}
        </span>
        <span class="number" title="share that succeeded">
          {share(successRate)}
        </span>
      </div>
      {open ? <ScheduleCard schedule={schedule} write={write} /> : null}
    </li>
  )
}
