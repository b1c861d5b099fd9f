import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Schedule } from '../jobs.ts'
import type { Present } from '../presence.ts'
import type { Redis } from '../redis.ts'
import type { Keys } from './keys.ts'

/**
 * What a producer's settings declare, whether or not it counts: by these, producers and people see
 * that two of them disagree. `at`: since when it runs, epoch ms; `print` names what it says.
 */
export const Intent = z.object({
  at: z.number(),
  print: z.string(),
  attempts: z.number().optional(),
  /** It was refused, and is declared once no producer that lives stands against it. */
  waits: z.boolean().optional(),
  schedules: z.array(Schedule.pick({ id: true, grid: true, lead: true })),
})
export type Intent = z.infer<typeof Intent>

export function intentOf(
  at: number,
  schedules: readonly Schedule[],
  attempts: number | undefined,
): Intent {
  const said = schedules.map(({ id, revision }) => `${id} ${revision}`).sort()
  const text = JSON.stringify([said, attempts ?? null])
  const print = createHash('sha256').update(text).digest('hex').slice(0, 12)
  const shown = schedules.map(({ id, grid, lead }) => ({ id, grid, lead }))
  return { at, print, ...(attempts === undefined ? {} : { attempts }), schedules: shown }
}

/** The intents by the producers' ids; what cannot be read is left out. */
export async function intents(redis: Redis, keys: Keys): Promise<Map<string, Intent>> {
  const found = new Map<string, Intent>()
  for (const [id, json] of Object.entries(await redis.hgetall(keys.intents))) {
    const intent = parse(json)
    if (intent !== null) found.set(id, intent)
  }
  return found
}

/** Takes away the intents of producers that are no longer among `present`. */
export async function forgetIntents(
  redis: Redis,
  keys: Keys,
  present: readonly Present[],
): Promise<void> {
  const producers = new Set(present.flatMap(({ part, id }) => (part === 'producer' ? [id] : [])))
  const gone = (await redis.hkeys(keys.intents)).filter(id => !producers.has(id))
  if (gone.length > 0) await redis.hdel(keys.intents, ...gone)
}

function parse(json: string): Intent | null {
  try {
    return Intent.safeParse(JSON.parse(json)).data ?? null
  } catch {
    return null
  }
}
