import { answers, type Redis, timeOf } from '../redis.ts'
import { entryOf } from './actions.ts'
import type { Keys } from './keys.ts'
import type { Wish } from './pauses.ts'

/**
 * Somebody says that no call of a schedule or an engine is under way, after Redis's clock was set
 * ahead: workers hold no more calls for it. Leases that stand are heeded all the same.
 */
export async function vouch(redis: Redis, keys: Keys, wish: Wish): Promise<void> {
  const now = timeOf(await redis.time())
  const change = redis.multi().hset(keys.vouched, wish.target, now)
  await answers(change.xadd(keys.actions, ...entryOf({ ...wish, action: 'resume after clock' })))
}
