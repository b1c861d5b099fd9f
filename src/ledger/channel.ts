import type { Redis } from '../redis.ts'
import type { Keys } from './keys.ts'

/**
 * The channel on which runs are announced. Redis has channels for all of its databases together, so
 * one that is not database 0 stands in the name: `{hft-scheduler}:recorded:1`.
 */
export function recordedChannel(redis: Redis, keys: Keys): string {
  const { db = 0 } = redis.options
  return db === 0 ? keys.recorded : `${keys.recorded}:${db}`
}
