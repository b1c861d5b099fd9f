/**
 * A JSON text as Flask writes it: keys in order, bare NaN and Infinity (which are no JSON), and
 * integers of any size. Text beyond ASCII is escaped.
 */
export function pythonJson(value: unknown): string {
  return `${written(value)}\n`
}

function written(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
    return `{${fields.map(([key, field]) => `${written(key)}:${written(field)}`).join(',')}}`
  }
  return ascii(JSON.stringify(value ?? null))
}

function ascii(text: string): string {
  return text.replace(
    /[\u0080-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
