import uPlot from 'uplot'
import { axes, reach } from './axes.ts'
import { type Colours, faint } from './colours.ts'
import type { Drawing, Line, Mark } from './drawing.ts'
import { gapsOf } from './gaps.ts'
import { drawMarks, markNear } from './marks.ts'

/** All charts with this key share their cursor. */
const SHARED = 'charts'
/** The chart on which the mouse was pressed last. */
let pressed: uPlot | null = null

/** An edge stays where it is until it moves. */
const STEPS = uPlot.paths.stepped?.({ align: 1 }) as uPlot.Series.PathBuilder

/** Where the cursor is: at which point, and at which mark, how far from the left, px. */
export interface Pointed {
  index: number | null
  mark: Mark | null
  left: number
}

export interface PlotOptions {
  target: HTMLElement
  height: number
  drawing: Drawing
  hidden: ReadonlySet<string>
  colours: Colours
  onPoint(pointed: Pointed): void
  /** A stretch was dragged over; epoch ms. */
  onZoom(from: number, to: number): void
  onReset(): void
}

/** A chart on a canvas, as wide as `target`. Lines may get new values, but not change in number or kind. */
export interface Plot {
  show(drawing: Drawing, hidden: ReadonlySet<string>): void
  paint(colours: Colours): void
  destroy(): void
}

export function plot(options: PlotOptions): Plot {
  const { target, height, onPoint, onZoom, onReset } = options
  let { drawing, colours } = options
  const width = () => Math.max(200, target.clientWidth)
  const u = new uPlot(
    {
      width: width(),
      height,
      ms: 1,
      legend: { show: false },
      padding: [10, 28, 0, 0],
      scales: {
        x: { time: true, range: () => [drawing.from, drawing.to] },
        y: {
          ...(drawing.log ? { distr: 4, asinh: 1 } : {}),
          range: (_, min, max) => reach(drawing, min, max),
        },
      },
      axes: axes(
        () => drawing,
        () => colours,
      ),
      series: [{}, ...drawing.lines.map(series)],
      bands: drawing.band
        ? [
            {
              series: [drawing.band[0] + 1, drawing.band[1] + 1],
              fill: () => faint(colours.good, 0.13),
            },
          ]
        : [],
      cursor: {
        y: false,
        points: { size: 7 },
        drag: { x: true, y: false, setScale: false, dist: 5 },
        sync: { key: SHARED, scales: ['x', null], setSeries: false },
        bind: {
          dblclick: () => () => {
            onReset()
            return null
          },
        },
      },
      hooks: {
        init: [self => self.over.addEventListener('mousedown', () => (pressed = self))],
        setCursor: [point],
        setSelect: [selected],
        draw: [self => drawMarks(self, drawing.marks ?? [], colours)],
      },
    },
    dataOf(drawing),
    target,
  )
  hide(options.hidden)
  const sizes = new ResizeObserver(() => {
    if (width() !== u.width) u.setSize({ width: width(), height })
  })
  sizes.observe(target)

  return {
    show(next, hidden) {
      drawing = next
      u.setData(dataOf(next))
      hide(hidden)
    },
    paint(next) {
      colours = next
      u.redraw(false)
    },
    destroy() {
      sizes.disconnect()
      if (pressed === u) pressed = null
      u.destroy()
    },
  }

  function series({ kind, tone, dash }: Line): uPlot.Series {
    return {
      stroke: () => colours[tone],
      width: kind === 'edge' ? 1 : kind === 'overlay' ? 3.5 : 1.75,
      ...(kind === 'edge' ? { paths: STEPS } : {}),
      ...(dash ? { dash: [...dash] } : {}),
      gaps: (self, index, first, last, missing) => {
        if (kind === 'overlay') return missing
        const [at, values] = [self.data[0], self.data[index]] as [number[], (number | null)[]]
        const { breaks = [], from: begin, to: end } = drawing
        const found = gapsOf({ at, values, breaks, width: end - begin })
        const seen = found.filter(
          ([from, to]) => to >= (at[first] as number) && from <= (at[last] as number),
        )
        return seen.map(([from, to]) => [
          self.valToPos(from, 'x', true),
          self.valToPos(to, 'x', true),
        ])
      },
    }
  }

  function point(self: uPlot): void {
    const { idx, left = -1 } = self.cursor
    const here = self.over.matches(':hover')
    const mark = here ? markNear(self, drawing.marks ?? [], left) : null
    onPoint({ index: left < 0 ? null : (idx ?? null), mark, left: left + self.over.offsetLeft })
  }

  /** Charts that share the cursor share the selection; it counts where it was made. */
  function selected(self: uPlot): void {
    const { left, width: wide } = self.select
    const [from, to] = [self.posToVal(left, 'x'), self.posToVal(left + wide, 'x')]
    self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    if (pressed === self && wide > 0) onZoom(Math.round(from), Math.round(to))
  }

  function hide(hidden: ReadonlySet<string>): void {
    for (const [index, { name }] of drawing.lines.entries()) {
      const show = !hidden.has(name)
      if (u.series[index + 1]?.show !== show) u.setSeries(index + 1, { show })
    }
  }
}

function dataOf({ at, lines }: Drawing): uPlot.AlignedData {
  return [at as number[], ...lines.map(({ values }) => values as (number | null)[])]
}
