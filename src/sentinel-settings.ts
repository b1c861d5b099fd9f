import type { Given } from './given.ts'
import type { RedisTarget } from './redis.ts'
import type { SettingName, Values } from './settings.ts'

/** A mistake where the Sentinels or the name of their master are given alone. */
export function lackingHalf(found: ReadonlyMap<SettingName, Given>): string[] {
  const sentinels = found.get('redis-sentinels')
  const name = found.get('redis-sentinel-name')
  if ((sentinels === undefined) === (name === undefined)) return []
  return [
    sentinels === undefined
      ? `${name?.label}: expected REDIS_SENTINELS beside it, got nothing (also: --redis-sentinels)`
      : `${sentinels.label}: expected REDIS_SENTINEL_NAME beside it, got nothing (also: --redis-sentinel-name)`,
  ]
}

/** How the master is found; null where REDIS_URL names it. */
export function sentinelOf(values: Values): NonNullable<RedisTarget['sentinel']> | null {
  const nodes = values['redis-sentinels']
  const name = values['redis-sentinel-name']
  if (nodes === null || name === null) return null
  return { nodes, name, password: values['redis-sentinel-password'] }
}
