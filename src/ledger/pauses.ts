import { z } from 'zod'
import { answers, type Redis } from '../redis.ts'
import { type Action, entryOf } from './actions.ts'
import type { Keys } from './keys.ts'

/** Why a schedule, or a whole engine, makes no calls; `since` in epoch ms. */
export const Pause = z.object({ reason: z.string(), since: z.number(), by: z.string() })
export type Pause = z.infer<typeof Pause>

/** Who wants what paused or resumed, and why. */
export type Wish = Omit<Action, 'action'>

/**
 * Takes effect with the next slot, on every worker; stays until resumed. Of something that is paused
 * already only the reason changes: `before` is the pause that there was. `id` is the action's, which
 * is written in the same step.
 */
export async function pause(
  redis: Redis,
  keys: Keys,
  wish: Wish,
): Promise<{ id: string; before: Pause | null }> {
  const { target, reason, by } = wish
  const json = await standing(redis, keys, target)
  const before = json === null ? null : parse(json)
  const why: Pause = { reason, since: before?.since || Date.now(), by }
  const change = redis.multi().hset(keys.paused, target, JSON.stringify(why))
  const [, id] = await answers(change.xadd(keys.actions, ...entryOf({ ...wish, action: 'pause' })))
  return { id: String(id), before }
}

/** `resumed` is false when it was not paused. */
export async function resume(
  redis: Redis,
  keys: Keys,
  wish: Wish,
): Promise<{ id: string; resumed: boolean }> {
  await standing(redis, keys, wish.target)
  const change = redis.multi().hdel(keys.paused, wish.target)
  const [count, id] = await answers(
    change.xadd(keys.actions, ...entryOf({ ...wish, action: 'resume' })),
  )
  return { id: String(id), resumed: count === 1 }
}

/** The pauses by schedule or engine id. One that cannot be read still pauses, and says so. */
export async function pauses(redis: Redis, keys: Keys): Promise<Map<string, Pause>> {
  const all = Object.entries(await redis.hgetall(keys.paused))
  return new Map(all.map(([target, json]) => [target, parse(json)]))
}

/**
 * The pause there is, as JSON. A MULTI goes on behind a command that fails: keys that are none of
 * ours have to fail before it.
 */
async function standing(redis: Redis, keys: Keys, target: string): Promise<string | null> {
  const [json] = await Promise.all([redis.hget(keys.paused, target), redis.xlen(keys.actions)])
  return json
}

function parse(json: string): Pause {
  const unreadable: Pause = { reason: '(unreadable)', since: 0, by: '' }
  try {
    return Pause.safeParse(JSON.parse(json)).data ?? unreadable
  } catch {
    return unreadable
  }
}
