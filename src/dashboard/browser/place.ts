/** Where the dashboard stands: with a slash at both ends. */
const BASE = document.body.dataset.base ?? '/'

export const VERSION = document.body.dataset.version ?? ''

/** The address of a page or of the API: `link('api/runs', { limit: '50' })`. What is null is left out. */
export function link(path: string, query: Record<string, string | number | null> = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === '' ? [] : [[name, String(value)]],
  )
  return `${BASE}${path}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`
}

/** An engine's or a schedule's part of an address; schedules keep their slash. */
export function part(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/')
}
