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
export function declaredSchedules(redis: Redis, keys: Keys): Promise<Map<string, Declared>> {
  return read(redis, keys.schedules)
}

/** Those that were declared away, while slots of theirs may be open. */
export function removedSchedules(redis: Redis, keys: Keys): Promise<Map<string, Declared>> {
  return read(redis, keys.removed)
}

/** Is it declared now, with this revision? */
export async function isDeclared(redis: Redis, keys: Keys, schedule: Schedule): Promise<boolean> {
  const json = await redis.hget(keys.schedules, schedule.id)
  return json !== null && parseDeclared(json)?.schedule.revision === schedule.revision
}

async function read(redis: Redis, key: string): Promise<Map<string, Declared>> {
  const found = new Map<string, Declared>()
  for (const [id, json] of Object.entries(await redis.hgetall(key))) {
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
