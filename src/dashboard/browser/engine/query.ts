import { link, part } from '../place.ts'
import type { Choice } from './choice.ts'

/** Fields of a position, which have charts of their own. */
export const POSITION = ['price_current', 'range_lower', 'range_upper', 'range_distance'] as const
/** Of an engine that sends no position, so many fields are shown to begin with. */
const FIRST = 4
/** Charts that can be chosen: the API gives 16 fields at once. */
export const MOST = 16 - POSITION.length

/** What everybody sees of an engine that sends these fields; a position is expected of one that is not known yet. */
export function usualFields(fields: readonly string[]): readonly string[] {
  const position = fields.length === 0 || fields.includes('price_current')
  return position ? POSITION : fields.slice(0, FIRST)
}

/** Fields to ask for: the usual ones and those that were chosen. */
export function askedFields(fields: readonly string[], chosen: readonly string[]): string[] {
  return [...new Set([...usualFields(fields), ...chosen.slice(0, MOST)])]
}

export interface Asked {
  engine: string
  what: 'stats' | 'calls' | 'stats.csv' | 'stats.ndjson' | 'calls.csv' | 'calls.ndjson'
  window: Choice['window']
  fields?: readonly string[]
  points?: number
}

/** The address of an engine's series, as JSON or as a file. */
export function seriesLink({ engine, what, window, fields = [], points }: Asked): string {
  const { from, to } = typeof window === 'string' ? { from: window, to: null } : window
  return link(`api/engines/${part(engine)}/${what}`, {
    from,
    to,
    fields: fields.join(','),
    points: points ?? null,
  })
}

/** The address of a file with what is shown, whole; a field that is worked out stands in no answer. */
export function exportLink(asked: Omit<Asked, 'points'>): string {
  const fields = asked.fields?.filter(name => name !== 'range_distance') ?? []
  return seriesLink({ ...asked, fields: asked.what.startsWith('stats') ? fields : [] })
}

/** Enough points for every pixel column to have its extremes, on this screen. */
export function pointsFor(width: number): number {
  return Math.min(1200, Math.max(400, Math.ceil(width / 200) * 200))
}
