import { sumOf } from '../../whole-number.ts'

/** A number; beyond 2^53 a whole one is a text of digits. */
export type Exact = number | string

/** A column: the nearest doubles, and what is left of numbers beyond 2^53; NaN for nothing. */
export type Parts = [Float64Array, ...Float64Array[]]

/** The number at an index as it was sent; null where there is none. */
export function exactIn([nearest, ...left]: Parts, index: number): Exact | null {
  const first = nearest[index] ?? Number.NaN
  if (!isNumber(first)) return null
  return sumOf([first, ...left.map(part => part[index] as number).filter(isNumber)])
}

export function isNumber(value: number): boolean {
  return !Number.isNaN(value)
}
