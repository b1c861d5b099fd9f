import type { Config } from '../config.ts'
import { type Schedule, scheduleId } from '../jobs.ts'
import { leadFor, revisionOf } from '../ticks.ts'

/** The schedules that a configuration asks for. */
export function schedulesOf(config: Config): Schedule[] {
  return config.engines.flatMap(engine =>
    engine.schedules.map(({ job, grid }) => {
      const lead = leadFor(grid, config.timing.lead)
      const revision = revisionOf({ grid, lead })
      return { id: scheduleId(engine.id, job), engine: engine.id, job, grid, lead, revision }
    }),
  )
}
