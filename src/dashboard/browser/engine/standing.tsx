import type { StatsView } from '../../views.ts'
import { column } from '../charts/drawing.ts'
import { percent } from '../charts/number.ts'
import { Time } from '../time.tsx'

export function InRange({ share }: { share: number | null }) {
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

export function Rebalances({ rebalances }: Pick<StatsView, 'rebalances'>) {
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

/** Why the range is not drawn around the price, and what its distance is made of. */
export function OtherScale({ stats }: { stats: StatsView }) {
  const { rangeScale, inRange } = stats
  return (
    <p class="note other-scale">
      The engine sends the bounds of the range on another scale than the price
      {rangeScale === 'inverse' ? ', that of 1/price' : times(stats)}: they are drawn apart.{' '}
      {inRange === null
        ? 'Without ticks nothing tells whether the price is within.'
        : 'The ticks tell whether the price is within.'}
    </p>
  )
}

/** How much larger the newest bounds are than the price, in words. */
function times({ columns }: StatsView): string {
  const names = ['price_current', 'range_lower', 'range_upper']
  const [price, lower, upper] = names.map(name => column(columns, name)?.findLast(isPositive))
  if (!price || !lower || !upper) return ''
  const power = Math.round(Math.log10(Math.sqrt(lower) * Math.sqrt(upper)) - Math.log10(price))
  if (power === 0) return ''
  const size = 10 ** Math.abs(power)
  const factor = size < 1e6 ? size.toLocaleString('en') : `10^${Math.abs(power)}`
  return ` (about ${factor} times ${power > 0 ? 'larger' : 'smaller'})`
}

function isPositive(value: number | null): value is number {
  return value !== null && value > 0
}
