import type { CallsView, StatsView } from '../views.ts'
import type { Histories } from './histories.ts'
import { RANGE_DISTANCE, rangeDistance, rebalances, shareInRange } from './position.ts'
import { rangeScale, TELLING } from './range.ts'
import { gapsAfter, sample } from './sampling.ts'
import type { SeriesQuery } from './series-query.ts'
import type { Timeline, Window } from './timeline.ts'

/** Somebody at a page waits for so long at most while the past is read, ms. */
const PATIENCE = 250
/** Fields of an engine that sends none of those that tell most. */
const FEW = 4

type Column = (number | null)[]

interface Drawn {
  at: number[]
  columns: Column[]
  /** Where each row comes from; null for a gap. */
  from: (number | null)[]
}

export async function statsView(
  histories: Histories,
  engine: string,
  query: SeriesQuery,
): Promise<StatsView> {
  const history = histories.stats(engine)
  const complete = await history.reach(query.from, PATIENCE)
  const { timeline } = history
  const { from, to } = bounds(query, [timeline])
  const window = timeline.window(from, to)
  const distance = rangeDistance(window)
  if (distance !== null) window.columns.set(RANGE_DISTANCE, distance)
  const fields = [...window.columns.keys()]
  const shown = query.fields ?? usual(fields)
  const nothing = new Float64Array(window.at.length).fill(Number.NaN)
  const series = shown.map(name => window.columns.get(name) ?? nothing)
  const drawn = draw(window.at, series, query.points)
  return {
    ...{ engine, from, to, total: window.at.length, pending: !complete, at: drawn.at },
    columns: named(shown, drawn.columns),
    exact: exactly(window, shown, drawn),
    fields,
    rebalances: rebalances(timeline, window),
    rangeScale: rangeScale(window),
    inRange: shareInRange(window, Math.min(to, Date.now())),
  }
}

export async function callsView(
  histories: Histories,
  engine: string,
  schedules: string[],
  query: SeriesQuery,
): Promise<CallsView> {
  const all = schedules.map(schedule => histories.calls(schedule))
  const complete = await Promise.all(all.map(history => history.reach(query.from, PATIENCE)))
  const timelines = all.map(({ timeline }) => timeline)
  const { from, to } = bounds(query, timelines)
  let total = 0
  const drawn = timelines.map(timeline => {
    const { at, columns } = timeline.window(from, to)
    total += at.length
    const nothing = new Float64Array(at.length).fill(Number.NaN)
    const series = NUMBERS.map(name => columns.get(name) ?? nothing)
    return draw(at, series, query.points)
  })
  const { at, columns } = together(drawn)
  const names = schedules.flatMap(schedule => NUMBERS.map(name => `${schedule}:${name}`))
  const pending = complete.includes(false)
  return {
    ...{ engine, from, to, total, pending, at },
    columns: named(names, columns),
    schedules,
  }
}

const NUMBERS = ['latenessMs', 'durationMs']

/** What is shown: a window without bounds ends at its oldest and newest; newer than now by another's clock. */
function bounds({ from, to }: SeriesQuery, timelines: readonly Timeline[]) {
  const there = timelines.filter(({ length }) => length > 0)
  const end = Number.isFinite(to) ? to : Math.max(Date.now(), ...there.map(one => one.newest))
  const oldest = there.length === 0 ? end : Math.min(...there.map(one => one.oldest))
  return { from: Number.isFinite(from) ? from : oldest, to: end }
}

function usual(fields: readonly string[]): string[] {
  const telling = [...TELLING, RANGE_DISTANCE].filter(name => fields.includes(name))
  return telling.length > 0 ? telling : fields.slice(0, FEW)
}

/** Thinned out; a row of nulls stands in every gap, or a line would be drawn across. */
function draw(at: Float64Array, series: readonly Float64Array[], points: number): Drawn {
  const gaps = gapsAfter(at)
  const edges = gaps.flatMap(index => [index, index + 1])
  const kept = [...new Set([...sample({ at, series }, points), ...edges])].sort((a, b) => a - b)
  const begins = new Set(gaps)
  const drawn: Drawn = { at: [], columns: series.map(() => []), from: [] }
  const push = (time: number, from: number | null, value: (values: Float64Array) => number) => {
    drawn.at.push(time)
    drawn.from.push(from)
    for (const [index, values] of series.entries()) {
      const number = value(values)
      drawn.columns[index]?.push(Number.isNaN(number) ? null : number)
    }
  }
  for (const index of kept) {
    push(at[index] as number, index, values => values[index] as number)
    if (begins.has(index)) push((at[index] as number) + 1, null, () => Number.NaN)
  }
  return drawn
}

/** Several clocks as one: null where a series has nothing to say. */
function together(drawn: readonly Drawn[]): Omit<Drawn, 'from'> {
  const at = [...new Set(drawn.flatMap(one => one.at))].sort((a, b) => a - b)
  const places = new Map(at.map((time, index) => [time, index]))
  const columns = drawn.flatMap(one =>
    one.columns.map(column => {
      const whole: Column = new Array(at.length).fill(null)
      for (const [index, time] of one.at.entries()) {
        whole[places.get(time) as number] = column[index] ?? null
      }
      return whole
    }),
  )
  return { at, columns }
}

/** The numbers beyond 2^53 of what is drawn, as texts. */
function exactly(
  { exact, large }: Window,
  names: readonly string[],
  { from }: Drawn,
): StatsView['exact'] {
  const columns = names.filter(large).map(name => {
    const values = from.map(index => (index === null ? null : exact(name, index)))
    return [name, values.map(value => (typeof value === 'string' ? value : null))] as const
  })
  return Object.fromEntries(columns.filter(([, texts]) => texts.some(text => text !== null)))
}

/** An engine may call a field whatever it likes, `__proto__` too. */
function named(names: readonly string[], columns: readonly Column[]): Record<string, Column> {
  return Object.fromEntries(names.map((name, index) => [name, columns[index] ?? []]))
}
