import type { Run } from '../../ledger/run.ts'
import type { Cell, LiveEvents, OverviewView, ScheduleView } from '../views.ts'

/** Cells that a schedule keeps. */
const CELLS = 120

/** The view after an event `state`: everything is newer but the cells. */
export function withState(
  view: OverviewView | null,
  { schedules, ...rest }: LiveEvents['state'],
): OverviewView {
  const before = new Map(view?.schedules.map(({ id, cells }) => [id, cells]))
  return { ...rest, schedules: schedules.map(it => ({ ...it, cells: before.get(it.id) ?? [] })) }
}

/** The view after an event `runs`: each run is the newest of its schedule's cells, or takes its place among them. */
export function withRuns(view: OverviewView, runs: readonly Run[]): OverviewView {
  const fresh = grouped(runs)
  const room = Math.min(
    CELLS,
    Math.max(20, Math.floor(12_000 / Math.max(1, view.schedules.length))),
  )
  const schedules = view.schedules.map(schedule => {
    const added = fresh.get(schedule.id)
    return added === undefined ? schedule : { ...schedule, cells: merged(schedule, added, room) }
  })
  return { ...view, schedules }
}

/** What tells a cell from the others of its schedule, and names its run in addresses. */
export function cellKey({ slot, at, asked }: Cell): string {
  return slot === null ? `m${asked ?? at}` : String(slot)
}

function merged({ cells }: ScheduleView, runs: readonly Run[], room: number): Cell[] {
  const all = new Map<string, Cell>(cells.map(cell => [cellKey(cell), cell]))
  for (const run of runs) all.set(cellKey(run), run)
  return [...all.values()].sort((a, b) => (a.slot ?? a.at) - (b.slot ?? b.at)).slice(-room)
}

function grouped(runs: readonly Run[]): Map<string, Run[]> {
  const groups = new Map<string, Run[]>()
  for (const run of runs) groups.set(run.schedule, [...(groups.get(run.schedule) ?? []), run])
  return groups
}
