/** How numbers of a chart are written: digit groups, no more digits than tell something. */
const VALUE = new Intl.NumberFormat('en', { maximumSignificantDigits: 8 })

export function number(value: number): string {
  return readable(value) ? VALUE.format(value) : value.toExponential(3)
}

/** `93.4 %` */
export function percent(share: number): string {
  return `${new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(share * 100)} %`
}

/** A value beside an axis whose lines are `step` apart. */
export function tick(value: number, step: number): string {
  if (!readable(value)) return value.toExponential(1)
  const digits = decimals(step)
  return new Intl.NumberFormat('en', { minimumFractionDigits: digits }).format(
    Number(value.toFixed(digits)),
  )
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
