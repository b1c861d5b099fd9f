import type { StatsView } from '../views.ts'
import type { Window } from './timeline.ts'

const PRICE = 'price_current'
const LOWER = 'range_lower'
const UPPER = 'range_upper'
/** What tells most of a position. */
export const TELLING = [PRICE, LOWER, UPPER]
const TICKS = ['tick_current', 'tick_lower', 'tick_upper']

/** A price this many times away from its range is not believed without ticks that say so, too. */
const FAR = 100
/** A tick is a factor of 1.0001 of the price. */
const TICK = Math.log(1.0001)
/** Ticks that may lie between a price and a tick of one answer. */
const SLACK = 100

/** Something between two bounds. */
interface Bounded {
  now: number
  low: number
  high: number
}

/** How a point stands in its range. */
export interface Standing {
  /** From the nearer edge, as a share of the range's width: negative outside. NaN where it cannot be told. */
  distance: number
  /** Null where it cannot be told. */
  inside: boolean | null
  scale: NonNullable<StatsView['rangeScale']>
}

/**
 * What reads a window's points; null where the engine does not send price and range. Bounds may stand
 * on another scale than the price: then its ticks tell, which never do.
 */
export function rangeReader({ columns }: Window): ((index: number) => Standing | null) | null {
  const prices = bounded(columns, TELLING)
  if (prices === null) return null
  const ticks = bounded(columns, TICKS)
  return index => {
    const price = prices(index)
    if (price === null) return null
    const tick = ticks?.(index) ?? null
    const scale = scaleOf(price, tick)
    const telling = scale === 'price' ? price : tick
    if (telling === null) return { distance: Number.NaN, inside: null, scale }
    const { now, low, high } = telling
    const distance = high > low ? Math.min(now - low, high - now) / (high - low) : Number.NaN
    return { distance, inside: low <= now && now <= high, scale }
  }
}

/** Of the newest point whose bounds stand on another scale, else the price's; null without positions. */
export function rangeScale(window: Window): StatsView['rangeScale'] {
  const standing = rangeReader(window)
  if (standing === null) return null
  for (let index = window.at.length - 1; index >= 0; index--) {
    const scale = standing(index)?.scale ?? 'price'
    if (scale !== 'price') return scale
  }
  return 'price'
}

function bounded(
  columns: Window['columns'],
  names: readonly string[],
): ((index: number) => Bounded | null) | null {
  const [now, low, high] = names.map(name => columns.get(name))
  if (!now || !low || !high) return null
  return index => {
    const [a, b, c] = [now[index], low[index], high[index]] as [number, number, number]
    return Number.isNaN(a + b + c) ? null : { now: a, low: b, high: c }
  }
}

function scaleOf(price: Bounded, tick: Bounded | null): Standing['scale'] {
  if (price.low <= price.now && price.now <= price.high) return 'price'
  if (believable(ticksAway(price), tick)) return 'price'
  const [low, high] = [Math.min(price.low, price.high), Math.max(price.low, price.high)]
  const [turned, width] = [1 / price.now, high - low]
  return turned >= low - width && turned <= high + width ? 'inverse' : 'other'
}

/** May a price be so many ticks away from its range, given what its ticks say? */
function believable(away: number, tick: Bounded | null): boolean {
  if (tick === null) return away <= Math.log(FAR) / TICK
  const beyond = Math.max(tick.low - tick.now, tick.now - tick.high)
  if (beyond > 0) return away <= Math.max(Math.log(FAR) / TICK, 2 * beyond)
  return away <= 2 * (tick.high - tick.low) + SLACK
}

/** How far a price is from its range, by factors; 0 where there is no range. */
function ticksAway({ now, low, high }: Bounded): number {
  if (now <= 0 || low <= 0 || high <= 0) return 0
  const [least, most] = [Math.min(low, high), Math.max(low, high)]
  return Math.max(Math.log(least / now), Math.log(now / most)) / TICK
}
