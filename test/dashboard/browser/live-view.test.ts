import { expect, it } from 'vitest'
import { withRuns, withState } from '../../../src/dashboard/browser/live-view.ts'
import type { Cell, OverviewView } from '../../../src/dashboard/views.ts'
import type { Run } from '../../../src/ledger/run.ts'

const ID = 'a/get-stats'

function run(slot: number | null, change: Partial<Run> = {}): Run {
  return {
    ...{ schedule: ID, engine: 'a', job: 'get-stats', slot, verdict: 'succeeded', reason: null },
    ...{ latenessMs: 1, durationMs: 2, attempts: 1, status: 200, worker: 'w', at: slot ?? 0 },
    ...change,
  }
}

function view(cells: Cell[], now = 1): OverviewView {
  return { now, schedules: [{ id: ID, cells }] } as unknown as OverviewView
}

const slots = (of: OverviewView) => of.schedules[0]?.cells.map(({ slot, asked }) => slot ?? asked)

it('puts runs among the cells by time, each once', () => {
  const manual = run(null, { manual: true, asked: 2500, at: 2600 })
  const after = withRuns(view([run(1000), run(3000)]), [run(2000), run(3000), manual, manual])
  expect(slots(after)).toEqual([1000, 2000, 2500, 3000])
})

it('drops the oldest cells and runs of schedules that it does not know', () => {
  const many = Array.from({ length: 120 }, (_, index) => run(index))
  const after = withRuns(view(many), [run(500), run(501), run(502, { schedule: 'b/other' })])
  expect(slots(after)).toHaveLength(120)
  expect(slots(after)?.[0]).toBe(2)
  expect(slots(after)?.at(-1)).toBe(501)
})

it('keeps what it knows of schedules that no run is of', () => {
  const before = view([run(1)])
  expect(withRuns(before, [run(2, { schedule: 'b/other' })]).schedules[0]).toBe(before.schedules[0])
})

it('keeps the cells when all else is newer', () => {
  const { schedules } = view([])
  const state = { ...view([], 2), schedules: [...schedules, { ...schedules[0], id: 'b/new' }] }
  const after = withState(view([run(1)]), state as never)
  expect(after.now).toBe(2)
  expect(after.schedules.map(({ cells }) => cells.length)).toEqual([1, 0])
})
