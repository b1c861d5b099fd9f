import type uPlot from 'uplot'
import type { Colours } from './colours.ts'
import type { Drawing } from './drawing.ts'

const MINUTE = 60_000
const DAY = 86_400_000
/** Room for the numbers, px: the same in all charts, so that their times stand below each other. */
const ROOM = 62
const FONT = '12px system-ui, sans-serif'

/** Time below, values on the left; `drawing` and `colours` are asked anew with every drawing. */
export function axes(drawing: () => Drawing, colours: () => Colours): uPlot.Axis[] {
  const look = {
    stroke: () => colours().quiet,
    font: FONT,
    grid: { stroke: () => colours().line, width: 1 },
    ticks: { stroke: () => colours().line, width: 1, size: 4 },
  }
  return [
    { ...look, space: 72, size: 38, values: (_, splits, __, ___, step) => times(splits, step) },
    {
      ...look,
      space: 28,
      ...(drawing().log ? { splits: (_, __, min, max) => powers(min, max) } : {}),
      size: (_, values) => {
        const longest = Math.max(0, ...(values ?? []).map(value => value?.length ?? 0))
        return Math.max(ROOM, longest * 7 + 14)
      },
      values: (_, splits, __, ___, step) =>
        splits.map(value => (value === null ? '' : drawing().tick(value, step))),
    },
  ]
}

/** Local time of day; below it the day where that begins, and at the first. */
function times(splits: number[], step: number): string[] {
  let before = ''
  return splits.map(split => {
    const date = new Date(split)
    const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
    if (step >= DAY) return day
    const time = date.toLocaleTimeString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      ...(step < MINUTE ? { second: '2-digit' } : {}),
      ...(step < 1000 ? { fractionalSecondDigits: 3 } : {}),
    })
    if (day === before) return time
    before = day
    return `${time}\n${day}`
  })
}

/** Where the lines of a logarithmic axis are: 0, and powers of 10 from 1 on. */
function powers(min: number, max: number): number[] {
  const found = min <= 0 ? [0] : []
  for (let power = 1; power <= max; power *= 10) found.push(power)
  return found
}

/** How far the axis of values goes. */
export function reach(drawing: Drawing, min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1]
  if (drawing.log) return [Math.min(0, min), max <= 1 ? 1 : max * 1.5]
  const low = drawing.fromZero ? Math.min(0, min) : min
  const room = (max - low || Math.abs(max) || 1) * 0.08
  return [low === 0 ? 0 : low - room, max + room]
}
