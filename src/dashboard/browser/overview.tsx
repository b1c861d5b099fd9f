import './base.css'
import './overview.css'
import './overview/lists.css'
import './overview/strip.css'
import { show } from './frame.tsx'
import { useLive } from './live.ts'
import { Answer } from './overview/answer.tsx'
import { Engines } from './overview/engines.tsx'
import { Processes } from './overview/processes.tsx'
import { RedisCard } from './overview/redis.tsx'
import { Schedules } from './overview/schedules.tsx'
import { Trouble } from './trouble.tsx'
import { Waiting } from './waiting.tsx'

show('overview', Overview)

function Overview() {
  const { view, lost } = useLive()
  if (view === null) {
    return lost === null ? (
      <Waiting what="Connecting" />
    ) : (
      <Trouble error="There is nothing to show yet: the dashboard, or its Redis, does not answer. It is tried again." />
    )
  }
  return (
    <>
      <Answer view={view} lost={lost} />
      <Schedules schedules={view.schedules} write={view.write} />
      <div class="sides">
        <Engines engines={view.engines} write={view.write} />
        <RedisCard view={view} />
      </div>
      <Processes processes={view.processes} />
    </>
  )
}
