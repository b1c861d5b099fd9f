import { useState } from 'preact/hooks'
import type { ScheduleView } from '../../views.ts'
import { printable } from '../text.ts'
import { Last, ScheduleCard } from './card.tsx'
import { NextSlot } from './doing.tsx'
import { late, share } from './figures.tsx'
import { Strip } from './strip.tsx'

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
