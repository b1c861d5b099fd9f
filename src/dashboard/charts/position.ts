import type { StatsView } from '../views.ts'
import { rangeReader } from './range.ts'
import type { Timeline, Window } from './timeline.ts'

/** Made of price and range. */
export const RANGE_DISTANCE = 'range_distance'
const TOKEN = 'tokenID'
/** Rebalances shown at most, the newest. */
const REBALANCES = 500

/**
 * How far the price is from the nearer edge of its range, as a share of the range's width: negative
 * outside. Null where the engine sends no range, or a field of this name of its own.
 */
export function rangeDistance(window: Window): Float64Array | null {
  const standing = rangeReader(window)
  if (standing === null || window.columns.has(RANGE_DISTANCE)) return null
  return Float64Array.from(window.at, (_, index) => standing(index)?.distance ?? Number.NaN)
}

/** Share of the time until `to` (epoch ms) within the range; what was said last holds. Null where nothing tells. */
export function shareInRange(window: Window, to: number): number | null {
  const standing = rangeReader(window)
  if (standing === null) return null
  const { at } = window
  let [within, all, since, inside] = [0, 0, Number.NaN, false]
  const pass = (until: number) => {
    if (Number.isNaN(since)) return
    all += until - since
    if (inside) within += until - since
  }
  for (let index = 0; index < at.length; index++) {
    const now = standing(index)?.inside ?? null
    if (now === null) continue
    pass(at[index] as number)
    since = at[index] as number
    inside = now
  }
  if (Number.isNaN(since)) return null
  pass(Math.max(to, since))
  return all > 0 ? within / all : Number(inside)
}

/** When the position was replaced by another, also at the window's first point. */
export function rebalances(timeline: Timeline, window: Window): StatsView['rebalances'] {
  const { at, columns, exact } = window
  if (!columns.has(TOKEN)) return []
  const found: StatsView['rebalances'] = []
  let last = timeline.before(TOKEN, at[0] as number)
  for (let index = 0; index < at.length; index++) {
    const token = exact(TOKEN, index)
    if (token === null) continue
    if (last !== null && token !== last) {
      found.push({ at: at[index] as number, from: last, to: token })
    }
    last = token
  }
  return found.slice(-REBALANCES)
}
