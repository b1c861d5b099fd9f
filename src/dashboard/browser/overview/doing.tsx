import type { ScheduleView } from '../../views.ts'
import { useNow } from '../clock.ts'
import { printable } from '../text.ts'
import { Countdown, Since } from '../time.tsx'

/** What a schedule does at this moment. */
export function Doing({ schedule: { flight } }: { schedule: ScheduleView }) {
  if (flight === null) return <>idle</>
  const { since, settling, until, worker, fence } = flight
  const title = printable(`worker ${worker}, fence ${fence}`)
  if (settling) {
    return (
      <span title={`The engine may still be executing a call that was given up; ${title}`}>
        kept free, ends <Countdown to={until} />
      </span>
    )
  }
  return <span title={title}>{since === null ? 'held for its slot' : inFlight(since)}</span>
}

function inFlight(since: number) {
  return (
    <>
      in flight for <Since at={since} />
    </>
  )
}

/** When it calls next: on the grid, without waiting to be told. */
export function NextSlot({ schedule: { next, interval, paused } }: { schedule: ScheduleView }) {
  const now = useNow()
  if (paused.length > 0) return <span class="paused">paused</span>
  if (next === null) return <>none</>
  const passed = interval === null ? 0 : Math.max(0, Math.ceil((now - next) / interval))
  return <Countdown to={next + passed * (interval ?? 0)} />
}
