import type { StatsView } from '../../views.ts'
import { Chart } from '../charts/chart.tsx'
import { column, type Drawing, type Line } from '../charts/drawing.ts'
import { breaksOf } from '../charts/gaps.ts'
import { number, percent, tick } from '../charts/number.ts'
import { clock, Time } from '../time.tsx'

export interface PositionProps {
  stats: StatsView
  onZoom(from: number, to: number): void
  onReset(): void
}

/** The price within the position's range, and how far it is from leaving it. */
export function Position({ stats, onZoom, onReset }: PositionProps) {
  const { at, columns, from, to, rebalances } = stats
  const price = column(columns, 'price_current')
  if (price === null) return null
  const distance = column(columns, 'range_distance')
  const marks = rebalances.map(it => ({
    at: it.at,
    text: `${clock(it.at)} rebalanced: ${it.from} → ${it.to}`,
  }))
  const breaks = breaksOf(at, columns)
  const common = { from, to, at, marks, breaks, write: number, tick }
  return (
    <>
      {price ? (
        <Chart
          name="Price in its range"
          height={280}
          drawing={{ ...common, ...priceLines(stats, price) }}
          {...{ onZoom, onReset }}
        >
          <InRange share={stats.inRange} />
          <Rebalances rebalances={rebalances} />
        </Chart>
      ) : null}
      {distance ? (
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
          {...{ onZoom, onReset }}
        >
          <span class="quiet hint">of the range's width; below 0 it is outside</span>
        </Chart>
      ) : null}
    </>
  )
}

function priceLines(
  { columns }: StatsView,
  price: (number | null)[],
): Pick<Drawing, 'lines' | 'band'> {
  const line: Line = { name: 'price_current', values: price, tone: 'accent' }
  const lower = column(columns, 'range_lower')
  const upper = column(columns, 'range_upper')
  if (lower === null || upper === null) return { lines: [line] }
  const outside = (value: number, index: number) =>
    value < (lower[index] ?? -Infinity) || value > (upper[index] ?? Infinity)
  return {
    lines: [
      { name: 'range_upper', values: upper, tone: 'good', kind: 'edge' },
      { name: 'range_lower', values: lower, tone: 'good', kind: 'edge', dash: [5, 3] },
      line,
      overlay('price_current', price, outside),
    ],
    band: [0, 1],
  }
}

/** The values of a line that fit, drawn broadly over it: the colour is not the only sign. */
function overlay(
  name: string,
  values: readonly (number | null)[],
  fits: (value: number, index: number) => boolean,
): Line {
  const kept = values.map((value, index) => (value !== null && fits(value, index) ? value : null))
  return { name, values: kept, tone: 'bad', kind: 'overlay' }
}

function InRange({ share }: { share: number | null }) {
  if (share === null) return null
  return (
    <span class="in-range">
      In range <strong>{percent(share)}</strong> of the time{' '}
      <span class="share" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  )
}

function Rebalances({ rebalances }: Pick<StatsView, 'rebalances'>) {
  if (rebalances.length === 0) return <span class="quiet hint">no rebalance</span>
  return (
    <details class="rebalances">
      <summary>
        <span class="diamond" aria-hidden="true">
          ◆
        </span>{' '}
        {rebalances.length === 1 ? '1 rebalance' : `${rebalances.length} rebalances`}
      </summary>
      <ol reversed>
        {[...rebalances].reverse().map(({ at, from, to }) => (
          <li key={`${at} ${to}`}>
            <Time at={at} /> token {from} → {to}
          </li>
        ))}
      </ol>
    </details>
  )
}
