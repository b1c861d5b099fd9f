import 'uplot/dist/uPlot.min.css'
import './chart.css'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { printable } from '../text.ts'
import { clock } from '../time.tsx'
import { useColours } from './colours.ts'
import { type Drawing, type Line, placeOf, readable, written } from './drawing.ts'
import { Legend } from './legend.tsx'
import { type Plot, type Pointed, plot } from './plot.ts'
import { Rows } from './table.tsx'

export interface ChartProps {
  name: string
  drawing: Drawing
  /** px */
  height?: number
  /** What else stands in its heading. */
  children?: ComponentChildren
  onZoom(from: number, to: number): void
  onReset(): void
}

/** Half of the room for what is told of a mark, px. */
const TIP = 150
const NOWHERE: Pointed = { index: null, mark: null, left: 0 }

/** A chart with its legend, told in words for those who cannot see it, and as a table. */
export function Chart({ name, drawing, height = 180, children, onZoom, onReset }: ChartProps) {
  const [pointed, setPointed] = useState(NOWHERE)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [asTable, setAsTable] = useState(false)
  const target = useRef<HTMLDivElement>(null)
  const drawn = useRef<Plot | null>(null)
  const doing = useRef({ onZoom, onReset })
  doing.current = { onZoom, onReset }
  const colours = useColours()
  const { at, lines, write } = drawing
  const shape = JSON.stringify([lines.map(it => [it.name, it.tone, it.kind]), drawing.log, height])

  useEffect(() => {
    if (target.current === null) return
    const made = plot({
      target: target.current,
      height,
      drawing,
      hidden,
      colours,
      onPoint: setPointed,
      onZoom: (from, to) => doing.current.onZoom(from, to),
      onReset: () => doing.current.onReset(),
    })
    drawn.current = made
    return () => {
      drawn.current = null
      made.destroy()
    }
  }, [shape])
  useEffect(() => drawn.current?.show(drawing, hidden), [drawing, hidden])
  useEffect(() => drawn.current?.paint(colours), [colours])

  const toggle = (line: string) => {
    const next = new Set(hidden)
    if (!next.delete(line)) next.add(line)
    setHidden(next)
  }
  return (
    <section class="card chart" aria-label={printable(name)} data-points={at.length}>
      <header class="chart-head">
        <h2>{printable(name)}</h2>
        {children}
        <button
          type="button"
          class="small"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          Table
        </button>
      </header>
      <Legend {...{ lines, at, hidden, write }} index={pointed.index} onToggle={toggle} />
      <div class="plot" style={{ height: `${height}px` }}>
        <div ref={target} role="img" aria-label={inWords(name, drawing)} />
        {pointed.mark ? (
          <div
            class="mark-tip"
            style={{ left: `clamp(${TIP}px, ${pointed.left}px, calc(100% - ${TIP}px))` }}
          >
            {pointed.mark.text}
          </div>
        ) : null}
        {at.length === 0 ? <p class="plot-empty quiet">Nothing in this window.</p> : null}
      </div>
      {asTable ? <Rows {...{ name, lines, at, write }} /> : null}
    </section>
  )
}

function inWords(name: string, { at, lines, write, from, to }: Drawing): string {
  const told = readable(lines).map(line => `${printable(line.name)}: ${extremes(line, write)}`)
  return `Chart of ${printable(name)}, ${clock(from)} to ${clock(to)}, ${at.length} points. ${told.join('. ')}`
}

function extremes(line: Line, write: (value: number) => string): string {
  const { values } = line
  const newest = placeOf(line, values.length - 1)
  if (newest === null) return 'nothing'
  let [low, high] = [newest, newest]
  for (const [place, value] of values.entries()) {
    if (value === null) continue
    if (value < (values[low] as number)) low = place
    if (value > (values[high] as number)) high = place
  }
  const [last, least, most] = [newest, low, high].map(place => written(line, place, write))
  return `newest ${last}, lowest ${least}, highest ${most}`
}
