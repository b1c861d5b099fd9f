import type { StatsView } from '../../views.ts'
import { Chart } from '../charts/chart.tsx'
import { column, type Drawing, type Line } from '../charts/drawing.ts'
import { breaksOf } from '../charts/gaps.ts'
import { number, percent, tick } from '../charts/number.ts'
import { clock } from '../time.tsx'
import { InRange, OtherScale, Rebalances } from './standing.tsx'

export interface PositionProps {
  stats: StatsView
  onZoom(from: number, to: number): void
  onReset(): void
}

/** The price within the position's range, and how far it is from leaving it. */
export function Position({ stats, onZoom, onReset }: PositionProps) {
  const { at, columns, from, to, rebalances, rangeScale } = stats
  const price = lineOf(stats, 'price_current', 'accent')
  if (price === null) return null
  const distance = column(columns, 'range_distance')
  const marks = rebalances.map(it => ({
    at: it.at,
    text: `${clock(it.at)} rebalanced: ${it.from} → ${it.to}`,
  }))
  const breaks = breaksOf(at, columns)
  const common = { from, to, at, marks, breaks, write: number, tick }
  const edges = edgesOf(stats)
  const apart = edges !== null && rangeScale !== 'price'
  const zooming = { onZoom, onReset }
  return (
    <>
      <Chart
        name={apart ? 'Price' : 'Price in its range'}
        height={280}
        drawing={{
          ...common,
          ...(edges === null || apart
            ? { lines: [price, ...outside(price, distance)] }
            : { lines: [...edges, price, beyond(price, edges)], band: [0, 1] }),
        }}
        {...zooming}
      >
        <InRange share={stats.inRange} />
        <Rebalances rebalances={rebalances} />
        {apart ? <OtherScale stats={stats} /> : null}
      </Chart>
      {apart ? (
        <Chart
          name="Bounds of the range"
          height={180}
          drawing={{ ...common, lines: edges, band: [0, 1] }}
          {...zooming}
        >
          <span class="quiet hint">as the engine sends them, on a scale of their own</span>
        </Chart>
      ) : null}
      {distance?.some(value => value !== null) ? (
        <Chart
          name="Distance to the range's edge"
          height={150}
          drawing={{
            ...common,
            lines: [
              { name: 'range_distance', values: distance, tone: 'accent' },
              overlay('range_distance', distance, value => value < 0),
            ],
            fromZero: true,
            write: percent,
            tick: (value, step) => `${tick(value * 100, step * 100)} %`,
          }}
          {...zooming}
        >
          <span class="quiet hint">
            of the range's width{apart ? ' in ticks' : ''}; below 0 it is outside
          </span>
        </Chart>
      ) : null}
    </>
  )
}

function lineOf({ columns, exact }: StatsView, name: string, tone: Line['tone']): Line | null {
  const values = column(columns, name)
  return values === null ? null : { name, values, digits: column(exact, name), tone }
}

/** Upper, lower. */
function edgesOf(stats: StatsView): [Line, Line] | null {
  const upper = lineOf(stats, 'range_upper', 'good')
  const lower = lineOf(stats, 'range_lower', 'good')
  if (upper === null || lower === null) return null
  return [
    { ...upper, kind: 'edge' },
    { ...lower, kind: 'edge', dash: [5, 3] },
  ]
}

function beyond({ name, values }: Line, [upper, lower]: readonly [Line, Line]): Line {
  return overlay(
    name,
    values,
    (value, index) =>
      value < (lower.values[index] ?? -Infinity) || value > (upper.values[index] ?? Infinity),
  )
}

/** Where bounds cannot be compared with the price, its distance tells. */
function outside({ name, values }: Line, distance: Drawing['lines'][number]['values'] | null) {
  return distance === null ? [] : [overlay(name, values, (_, index) => (distance[index] ?? 0) < 0)]
}

/** The values of a line that fit, drawn broadly over it: the colour is not the only sign. */
function overlay(
  name: string,
  values: Line['values'],
  fits: (value: number, index: number) => boolean,
): Line {
  const kept = values.map((value, index) => (value !== null && fits(value, index) ? value : null))
  return { name, values: kept, tone: 'bad', kind: 'overlay' }
}
