/** As JSON writes a whole number; with 78 digits, which every 256-bit integer fits in. */
const WHOLE = /^(?:0|-?[1-9]\d{0,77})$/

/**
 * Does a text count as a number? Engines' integers beyond 2^53 are kept as texts, so a text of digits
 * alone does, whatever its size: a field whose values cross 2^53 stays one series.
 */
export function isWhole(text: string): boolean {
  return WHOLE.test(text)
}

/**
 * A whole number as doubles whose sum it is: one up to 2^53, the nearest one and what is left of the
 * number beyond, five at most.
 */
export function doublesOf(text: string): [number, ...number[]] {
  const nearest = Number(text)
  if (Number.isSafeInteger(nearest)) return [nearest]
  const parts: [number, ...number[]] = [nearest]
  let left = BigInt(text) - BigInt(nearest)
  do {
    const next = Number(left)
    parts.push(next)
    left -= BigInt(next)
  } while (left !== 0n)
  return parts
}

/** The number that {@link doublesOf} took apart: a text beyond 2^53. */
export function sumOf([nearest, ...left]: readonly [number, ...number[]]): number | string {
  if (left.length === 0) return nearest
  return String(left.reduce((sum, part) => sum + BigInt(part), BigInt(nearest)))
}
