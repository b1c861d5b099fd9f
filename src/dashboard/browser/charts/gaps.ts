/** Of the window: what is closer than this is never a gap, so that thinning out makes none. */
const SHARE = 0.02
/** Times the usual distance of two values. */
const USUAL = 6

/**
 * Where a line must not be drawn through: pairs of times between which a value should have come
 * and none did, or where there is a `break`. `at` and `breaks` are ascending; a value that is null
 * may only belong to another line.
 */
export function gapsOf(options: {
  at: readonly number[]
  values: readonly (number | null | undefined)[]
  breaks: readonly number[]
  /** Of the window, ms. */
  width: number
}): [number, number][] {
  const { at, values, breaks, width } = options
  const times = at.filter((_, index) => typeof values[index] === 'number')
  const steps = times.slice(1).map((time, index) => time - (times[index] as number))
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0
  const limit = Math.max(USUAL * usual, SHARE * width)
  let next = 0
  return steps.flatMap((step, index) => {
    const [from, to] = [times[index] as number, times[index + 1] as number]
    while (next < breaks.length && (breaks[next] as number) < from) next++
    const broken = (breaks[next] ?? Number.POSITIVE_INFINITY) < to
    return step > limit || broken ? [[from, to] as [number, number]] : []
  })
}

/** Times at which none of the columns has a value: there the server saw a gap. */
export function breaksOf(
  at: readonly number[],
  columns: Readonly<Record<string, readonly (number | null)[]>>,
): number[] {
  const all = Object.values(columns)
  return at.filter((_, index) => all.every(values => typeof values[index] !== 'number'))
}
