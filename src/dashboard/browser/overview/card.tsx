import type { ScheduleView } from '../../views.ts'
import { ActionButtons } from '../actions/acting.tsx'
import { link } from '../place.ts'
import { printable } from '../text.ts'
import { Ago, Time } from '../time.tsx'
import { Verdict } from '../verdict.tsx'
import { Books } from './books.tsx'
import { Figures } from './figures.tsx'
import { lastOf } from './headline.ts'
import { Strip } from './strip.tsx'

/** Everything about one schedule. */
export function ScheduleCard({ schedule, write }: { schedule: ScheduleView; write: boolean }) {
  const { id, engine, cadence, paused } = schedule
  return (
    <article class="card schedule" aria-label={printable(id)}>
      <header>
        <h3>
          <a href={link('runs', { schedule: id })} title={printable(id)}>
            {printable(id)}
          </a>
        </h3>
        <span class="quiet">{printable(cadence)}</span>
        <Last schedule={schedule} />
        <ActionButtons
          target={id}
          paused={paused.some(({ target }) => target === id)}
          enginePaused={paused.some(({ target }) => target === engine)}
          write={write}
        />
      </header>
      <Pauses schedule={schedule} />
      <Strip schedule={schedule} dated />
      <Figures schedule={schedule} />
      <Books schedule={schedule} />
    </article>
  )
}

/** How the newest slot ended, and when. */
export function Last({ schedule }: { schedule: ScheduleView }) {
  const last = lastOf(schedule)
  if (last === null) return <span class="last quiet">no slot has ended yet</span>
  return (
    <span class="last">
      <Verdict verdict={last.verdict} reason={last.reason} />
      <span class="quiet">
        <Ago at={last.at} />
      </span>
    </span>
  )
}

/** Why it makes no calls, since when, and who said so. */
function Pauses({ schedule: { id, paused } }: { schedule: ScheduleView }) {
  if (paused.length === 0) return null
  return (
    <div class="note">
      {paused.map(({ target, reason, since, by }) => (
        <div key={target}>
          <strong>Paused</strong>
          {target === id ? '' : ` with its engine ${printable(target)}`} since <Time at={since} />{' '}
          by {printable(by)}: {printable(reason)}
        </div>
      ))}
    </div>
  )
}
