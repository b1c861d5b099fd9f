import { z } from 'zod'
import { parseInstant } from '../../duration.ts'
import { unknownParameters } from '../query.ts'

/** What a chart shows when nothing is asked for, ms back. */
const WINDOW = 900_000
const FIELDS = 64

export interface SeriesQuery {
  /** Epoch ms; -Infinity for all that there is. */
  from: number
  /** Epoch ms; Infinity for now: also what came in while the answer was made. */
  to: number
  points: number
  /** Null when it was not asked for any. */
  fields: string[] | null
}

/** The window and the fields of a request; all mistakes at once, or what was asked. */
export function seriesQuery(
  given: Record<string, string>,
  now: number,
): { query: SeriesQuery; mistakes?: never } | { query?: never; mistakes: string[] } {
  const expected = shape(now)
  const parsed = expected.safeParse(given)
  const mistakes = parsed.error?.issues.map(({ message }) => message) ?? []
  mistakes.push(...unknownParameters(Object.keys(given), Object.keys(expected.shape)))
  if (!parsed.success || mistakes.length > 0) return { mistakes }
  const { from, to, points, fields = null } = parsed.data
  const end = to ?? now
  const begin = from ?? end - WINDOW
  if (begin < end) {
    return { query: { from: begin, to: to ?? Number.POSITIVE_INFINITY, points, fields } }
  }
  return { mistakes: [`from: expected a moment before to (${end}), got ${begin}`] }
}

function shape(now: number) {
  const instant = (name: string, all: boolean) =>
    z.string().transform((text, context) => {
      if (all && text.trim() === 'all') return Number.NEGATIVE_INFINITY
      const at = parseInstant(text, now)
      if (at !== null) return at
      return mistaken(
        context,
        text,
        `${name}: expected epoch ms, a date or a duration ago${all ? ', or all' : ''}`,
      )
    })
  return z.object({
    from: instant('from', true).optional(),
    to: instant('to', false).optional(),
    points: z
      .string()
      .default('800')
      .transform((text, context) => {
        const points = /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0
        if (points >= 50 && points <= 5000) return points
        return mistaken(context, text, 'points: expected a whole number from 50 to 5000')
      }),
    fields: z
      .string()
      .transform((text, context) => {
        const names = [...new Set(text.split(',').filter(name => name !== ''))]
        if (names.length > 0 && names.length <= FIELDS) return names
        return mistaken(context, text, `fields: expected 1 to ${FIELDS} names with commas between`)
      })
      .optional(),
  })
}

function mistaken(context: z.RefinementCtx, text: string, message: string): never {
  const got = JSON.stringify(text.slice(0, 100))
  context.addIssue({ code: 'custom', message: `${message}, got ${got}` })
  return z.NEVER
}
