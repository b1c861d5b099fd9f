import { useState } from 'preact/hooks'
import type { ScheduleView } from '../../views.ts'
import { serverNow } from '../clock.ts'
import { SYMBOLS, type VerdictName } from '../verdict.tsx'
import { ScheduleCard } from './card.tsx'
import { needsLook } from './headline.ts'
import { ScheduleRow } from './row.tsx'
import { symbolOf } from './strip.tsx'

/** From so many schedules on, each gets a line instead of a card. */
const MANY = 8

/** All schedules: cards, or lines where they are many. */
export function Schedules({ schedules, write }: { schedules: ScheduleView[]; write: boolean }) {
  const [looked, setLooked] = useState(false)
  const many = schedules.length >= MANY
  const shown = looked && many ? schedules.filter(it => needsLook(it, serverNow())) : schedules
  if (schedules.length === 0) return null
  return (
    <section class="schedules" aria-labelledby="schedules">
      <header>
        <h2 id="schedules">{many ? `Schedules (${schedules.length})` : 'Schedules'}</h2>
        {many ? (
          <button type="button" aria-pressed={looked} onClick={() => setLooked(!looked)}>
            Only what needs a look
          </button>
        ) : null}
        <Legend />
      </header>
      {many ? (
        <ul class="card rows">
          <li class="row head quiet" aria-hidden="true">
            <div class="line">
              <span>Schedule</span>
              <span>Last slot</span>
              <span>Next</span>
              <span>Newest slots</span>
              <span class="number">Late p99</span>
              <span class="number">Succeeded</span>
            </div>
          </li>
          {shown.map(schedule => (
            <ScheduleRow key={schedule.id} schedule={schedule} write={write} />
          ))}
          {shown.length === 0 ? <li class="row quiet">Nothing needs a look.</li> : null}
        </ul>
      ) : (
        shown.map(schedule => <ScheduleCard key={schedule.id} schedule={schedule} write={write} />)
      )}
    </section>
  )
}

const VERDICTS = Object.keys(SYMBOLS) as VerdictName[]

function Legend() {
  return (
    <ul class="legend quiet" aria-label="Verdicts">
      {VERDICTS.map(verdict => (
        <li key={verdict}>
          <span class={`cell ${verdict}`} aria-hidden="true">
            {symbolOf({ verdict })}
          </span>
          {verdict}
        </li>
      ))}
      <li>
        <span class="cell succeeded" aria-hidden="true">
          {symbolOf({ verdict: 'succeeded', manual: true })}
        </span>
        by hand
      </li>
    </ul>
  )
}
