const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const VALUE = new Intl.NumberFormat('en', { maximumSignificantDigits: 8 })

/**
 * How numbers of a chart are written: digit groups, all digits of whole numbers, else no more than
 * tell something.
 */
export function number(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e8 && size <= Number.MAX_SAFE_INTEGER) return WHOLE.format(value)
  return readable(value) ? VALUE.format(value) : Number(value.toPrecision(8)).toExponential()
}

/** A whole number of any size, given by its digits. */
export function whole(digits: string): string {
  return WHOLE.format(BigInt(digits))
}

/** `93.4 %` */
export function percent(share: number): string {
  return `${new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(share * 100)} %`
}

/** A value beside an axis whose lines are `step` apart. */
export function tick(value: number, step: number): string {
  if (!readable(value)) return value.toExponential(power(value, step))
  const digits = decimals(step)
  return new Intl.NumberFormat('en', { minimumFractionDigits: digits }).format(
    Number(value.toFixed(digits)),
  )
}

/** Digits after the first that tell values of this size apart, a step between them. */
function power(value: number, step: number): number {
  const digits = Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(step))
  return Math.min(8, Math.max(1, Number.isFinite(digits) ? digits : 1))
}

/** That a step needs: 2 for 0.25. */
function decimals(step: number): number {
  let digits = 0
  while (digits < 10 && Math.abs(step - Number(step.toFixed(digits))) > step * 1e-6) digits++
  return digits
}

function readable(value: number): boolean {
  const size = Math.abs(value)
  return size === 0 || (size >= 1e-6 && size < 1e12)
}
