import type { StatsView } from '../views.ts'
import type { Timeline, Window } from './timeline.ts'

/** Made of the three below. */
export const RANGE_DISTANCE = 'range_distance'
const PRICE = 'price_current'
const LOWER = 'range_lower'
const UPPER = 'range_upper'
const TOKEN = 'tokenID'
/** What tells most of a position. */
export const TELLING = [PRICE, LOWER, UPPER]
/** Rebalances shown at most, the newest. */
const REBALANCES = 500

/**
 * How far the price is from the nearer edge of its range, as a share of the range's width: negative
 * outside. Null where the engine does not send all three, or a field of this name of its own.
 */
export function rangeDistance({ at, columns }: Window): Float64Array | null {
  const [price, lower, upper] = TELLING.map(name => columns.get(name))
  if (!price || !lower || !upper || columns.has(RANGE_DISTANCE)) return null
  return Float64Array.from(at, (_, index) => {
    const [now, low, high] = [price[index], lower[index], upper[index]] as [number, number, number]
    return high > low ? Math.min(now - low, high - now) / (high - low) : Number.NaN
  })
}

/** Share of the time until `to` (epoch ms) within the range; what was said last holds. Null without positions. */
export function shareInRange({ at, columns }: Window, to: number): number | null {
  const [price, lower, upper] = TELLING.map(name => columns.get(name))
  if (!price || !lower || !upper) return null
  let [within, all, since, inside] = [0, 0, Number.NaN, false]
  const pass = (until: number) => {
    if (Number.isNaN(since)) return
    all += until - since
    if (inside) within += until - since
  }
  for (let index = 0; index < at.length; index++) {
    const [now, low, high] = [price[index], lower[index], upper[index]] as [number, number, number]
    if (Number.isNaN(now + low + high)) continue
    pass(at[index] as number)
    since = at[index] as number
    inside = low <= now && now <= high
  }
  if (Number.isNaN(since)) return null
  pass(Math.max(to, since))
  return all > 0 ? within / all : Number(inside)
}

/** When the position was replaced by another, also at the window's first point. */
export function rebalances(timeline: Timeline, { at, columns }: Window): StatsView['rebalances'] {
  const tokens = columns.get(TOKEN)
  if (tokens === undefined) return []
  const found: StatsView['rebalances'] = []
  let last = timeline.before(TOKEN, at[0] as number)
  for (let index = 0; index < at.length; index++) {
    const token = tokens[index] as number
    if (Number.isNaN(token)) continue
    if (last !== null && token !== last) {
      found.push({ at: at[index] as number, from: last, to: token })
    }
    last = token
  }
  return found.slice(-REBALANCES)
}
