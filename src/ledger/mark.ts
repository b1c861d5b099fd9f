import { z } from 'zod'

/**
 * Mark of a slot whose call may be under way, kept until the slot's verdict is recorded. `sent`: from
 * `at` (epoch ms) on, its worker was free to send it; `not-executed`: the attempts so far surely had
 * no effect, or may be repeated, and there may be another.
 */
export const Mark = z.object({
  state: z.enum(['sent', 'not-executed']),
  token: z.string(),
  worker: z.string(),
  attempts: z.number(),
  at: z.number(),
  reason: z.string().nullable(),
  status: z.number().nullable(),
  /** Of a `sent` mark: the call is over by then, and its lease too (epoch ms). */
  until: z.number().optional(),
  /** Under way when the clock was set back behind its slot: it counts as due once its verdict is known. */
  carried: z.literal(true).optional(),
})
export type Mark = z.infer<typeof Mark>

/** The field of the hash of marks: a slot, or `m` and the time at which a call by hand was asked. */
export function markField(of: { key: number; manual: boolean }): string {
  return of.manual ? `m${of.key}` : String(of.key)
}

/** Null for what is none. */
export function parseMark(json: string | null | undefined): Mark | null {
  try {
    return Mark.safeParse(JSON.parse(json ?? 'null')).data ?? null
  } catch {
    return null
  }
}
