import { z } from 'zod'
import { Schedule } from '../jobs.ts'
import type { Redis } from '../redis.ts'
import type { Keys } from './keys.ts'

/** What stands in Redis of a schedule; the newest declaration counts. */
export const Declared = z.object({
  schedule: Schedule,
  by: z.string(),
  at: z.number(),
  /** Attempts per run; those of the reader where it is not said. */
  attempts: z.number().int().positive().optional(),
})
export type Declared = z.infer<typeof Declared>

/** The declared schedules by id; entries that are none (another version's, or garbage) are left out. */
export async function declaredSchedules(redis: Redis, keys: Keys): Promise<Map<string, Declared>> {
  const found = new Map<string, Declared>()
  for (const [id, json] of Object.entries(await redis.hgetall(keys.schedules))) {
    const declared = parseDeclared(json)
    if (declared !== null && declared.schedule.id === id) found.set(id, declared)
  }
  return new Map([...found].sort(([a], [b]) => a.localeCompare(b)))
}

/** Null for what is none. */
export function parseDeclared(json: string): Declared | null {
  try {
    return Declared.safeParse(JSON.parse(json)).data ?? null
  } catch {
    return null
  }
}
