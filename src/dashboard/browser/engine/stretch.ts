/** A part of time, epoch ms. */
export interface Stretch {
  from: number
  to: number
}

/** Epoch ms as the API takes it: shorter numbers are a time ago. */
export const EARLIEST = 1e11
export const LATEST = 1e13
/** No window is shorter, ms. */
const SHORTEST = 1000

/** A stretch made `factor` times as wide around its middle and moved by `shift` of its width; never beyond `now`. */
export function moved({ from, to }: Stretch, factor: number, shift: number, now: number): Stretch {
  const width = Math.max(SHORTEST, (to - from) * factor)
  const middle = (from + to) / 2 + shift * (to - from)
  const end = Math.min(now, middle + width / 2)
  return { from: Math.max(EARLIEST, Math.round(end - width)), to: Math.round(end) }
}
