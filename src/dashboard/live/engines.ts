import type { Schedule } from '../../jobs.ts'
import type { Pause } from '../../ledger/pauses.ts'
import type { EngineView, ProcessView, TokenView } from '../views.ts'
import type { Strip } from './strip.ts'

interface Known {
  schedules: readonly Schedule[]
  paused: ReadonlyMap<string, Pause>
  processes: readonly ProcessView[]
  strip: (schedule: string) => Strip
}

/** The engines that something is declared for, in the order of their schedules. */
export function enginesOf({ schedules, paused, processes, strip }: Known): EngineView[] {
  const tokens = tokensOf(processes)
  const engines = new Map<string, EngineView>()
  for (const { id, engine } of schedules) {
    const view = engines.get(engine) ?? {
      ...{ id: engine, state: 'unknown', stateAt: null },
      tokens: tokens.get(engine) ?? [],
      paused: paused.get(engine) ?? null,
    }
    const said = strip(id).engine
    engines.set(engine, (said.stateAt ?? 0) > (view.stateAt ?? 0) ? { ...view, ...said } : view)
  }
  return [...engines.values()]
}

/** By engine; what a worker knew that is gone counts no more. */
function tokensOf(processes: readonly ProcessView[]): Map<string, TokenView[]> {
  const found = new Map<string, TokenView[]>()
  for (const { name, gone, tokens = [] } of processes) {
    if (gone) continue
    for (const { engine, at, life, refused } of tokens) {
      const others = found.get(engine) ?? []
      found.set(engine, [...others, { worker: name, at, life, refused }])
    }
  }
  return found
}
