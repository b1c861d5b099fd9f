import { z } from 'zod'
import type { Redis } from '../redis.ts'
import type { Keys } from './keys.ts'

/** Why a schedule, or a whole engine, makes no calls; `since` in epoch ms. */
export const Pause = z.object({ reason: z.string(), since: z.number(), by: z.string() })
export type Pause = z.infer<typeof Pause>

/** Takes effect with the next slot, on every worker; stays until resumed. */
export async function pause(redis: Redis, keys: Keys, target: string, why: Pause): Promise<void> {
  await redis.hset(keys.paused, target, JSON.stringify(why))
}

/** Resolves to false when it was not paused. */
export async function resume(redis: Redis, keys: Keys, target: string): Promise<boolean> {
  return (await redis.hdel(keys.paused, target)) === 1
}

/** The pauses by schedule or engine id. One that cannot be read still pauses, and says so. */
export async function pauses(redis: Redis, keys: Keys): Promise<Map<string, Pause>> {
  const all = Object.entries(await redis.hgetall(keys.paused))
  return new Map(all.map(([target, json]) => [target, parse(json)]))
}

function parse(json: string): Pause {
  const unreadable: Pause = { reason: '(unreadable)', since: 0, by: '' }
  try {
    return Pause.safeParse(JSON.parse(json)).data ?? unreadable
  } catch {
    return unreadable
  }
}
