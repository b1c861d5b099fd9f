/** Series over one clock: `at` ascending, each of `series` as long, NaN for nothing. */
export interface Sampled {
  at: ArrayLike<number>
  series: readonly ArrayLike<number>[]
}

/** Longer than so many usual steps, and than this share of the window, without a point is a gap. */
const STEPS = 5
const SHARE = 1 / 200

/** Rows at most, however many series there are. */
const MOST = 12_000

/**
 * Which rows to draw: all where there are at most `points`, else of each of `points / 4` stretches
 * of time (fewer for very many series) the first and the last and, of every series, the lowest, the
 * highest and the first that is missing. Indices, ascending, without repetition.
 */
export function sample({ at, series }: Sampled, points: number): number[] {
  const total = at.length
  if (total <= points) return Array.from({ length: total }, (_, index) => index)
  const buckets = stretches(points, series.length)
  const begin = at[0] as number
  const width = ((at[total - 1] as number) - begin) / buckets || 1
  const kept: number[] = []
  for (let start = 0; start < total; ) {
    const bucket = Math.min(buckets - 1, Math.floor(((at[start] as number) - begin) / width))
    const edge = bucket === buckets - 1 ? Number.POSITIVE_INFINITY : begin + (bucket + 1) * width
    let end = start + 1
    while (end < total && (at[end] as number) < edge) end++
    const chosen = new Set([start, end - 1])
    for (const values of series) for (const index of telling(values, start, end)) chosen.add(index)
    kept.push(...[...chosen].sort((a, b) => a - b))
    start = end
  }
  return kept
}

/** Rows that {@link sample} gives at most, for so many series. */
export function mostRows(points: number, series: number): number {
  return Math.max(points, stretches(points, series) * (2 + 3 * series))
}

function stretches(points: number, series: number): number {
  return Math.max(1, Math.floor(Math.min(points / 4, MOST / (2 + 3 * series))))
}

/** The lowest, the highest and the first that is missing in [start, end). */
function telling(values: ArrayLike<number>, start: number, end: number): number[] {
  let [lowest, highest, missing] = [-1, -1, -1]
  for (let index = start; index < end; index++) {
    const value = values[index] as number
    if (Number.isNaN(value)) {
      if (missing < 0) missing = index
      continue
    }
    if (lowest < 0 || value < (values[lowest] as number)) lowest = index
    if (highest < 0 || value > (values[highest] as number)) highest = index
  }
  return [lowest, highest, missing].filter(index => index >= 0)
}

/**
 * The indices of rows that are followed by a gap: much more time than usual, and enough to be seen
 * in a chart of the whole.
 */
export function gapsAfter(at: ArrayLike<number>): number[] {
  const total = at.length
  if (total < 3) return []
  const every = Math.max(1, Math.floor(total / 1000))
  const steps: number[] = []
  for (let index = 1; index < total; index += every) steps.push(step(at, index))
  steps.sort((a, b) => a - b)
  const usual = steps[steps.length >> 1] as number
  const long = Math.max(STEPS * usual, ((at[total - 1] as number) - (at[0] as number)) * SHARE)
  const gaps: number[] = []
  for (let index = 1; index < total; index++) if (step(at, index) > long) gaps.push(index - 1)
  return gaps
}

function step(at: ArrayLike<number>, index: number): number {
  return (at[index] as number) - (at[index - 1] as number)
}
