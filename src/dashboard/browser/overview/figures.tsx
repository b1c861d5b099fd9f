import type { ComponentChildren } from 'preact'
import type { ScheduleView } from '../../views.ts'
import { Doing, NextSlot } from './doing.tsx'

/** The numbers of a schedule; their room stays the same whatever they are. */
export function Figures({ schedule }: { schedule: ScheduleView }) {
  const { latenessP50, latenessP99, latenessMax, successRate, cells } = schedule
  return (
    <dl class="figures">
      <Figure name="Next slot">
        <NextSlot schedule={schedule} />
      </Figure>
      <Figure name="Now" wide>
        <Doing schedule={schedule} />
      </Figure>
      <Figure name="Late: p50 / p99 / max" wide>
        {latenessP50 === null
          ? '–'
          : `${late(latenessP50)} / ${late(latenessP99)} / ${late(latenessMax)} ms`}
      </Figure>
      <Figure name="Succeeded">
        <span
          title={`Of the newest ${cells.length} slots; what was skipped while paused does not count`}
        >
          {share(successRate)}
        </span>
      </Figure>
    </dl>
  )
}

/** `97.5 %` */
export function share(rate: number | null): string {
  // A rate below one must never read as all of it.
  return rate === null ? '–' : `${Math.floor(rate * 1000) / 10} %`
}

/** Whole ms from ten on; below, a decimal shows. */
export function late(ms: number | null): string {
  if (ms === null) return '–'
  return ms < 10 ? String(Number(ms.toFixed(1))) : Math.round(ms).toLocaleString('en')
}

function Figure(of: { name: string; wide?: boolean; children: ComponentChildren }) {
  return (
    <div class={of.wide ? 'wide' : undefined}>
      <dt>{of.name}</dt>
      <dd>{of.children}</dd>
    </div>
  )
}
