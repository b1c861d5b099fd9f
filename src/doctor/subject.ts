import type { Resolved } from '../config.ts'
import type { Keys } from '../ledger/keys.ts'
import type { Redis } from '../redis.ts'
import type { SettingName } from '../settings.ts'

/** What is examined. */
export interface Subject extends Omit<Resolved, 'warnings'> {
  /** Where settings are read from beside the environment, whether or not there is such a file. */
  envFile: string
}

/** The same with a Redis that answers. */
export interface Connected extends Subject {
  redis: Redis
  keys: Keys
  /** What INFO says; null where this user may not ask. */
  info: ReadonlyMap<string, string> | null
}

const ENGINE: readonly SettingName[] = [
  ...(['api-host', 'api-port', 'api-scheme', 'username', 'password'] as const),
]

/** Has anybody said which engine to call? If not, `up` simulates one. */
export function hasEngine({ settings }: Subject): boolean {
  return settings.some(({ name, set }) => set && ENGINE.includes(name))
}

/** Does Redis belong to an `up` that runs in this folder? */
export function isOfUp({ settings }: Subject): boolean {
  return settings.some(({ name, source }) => name === 'redis-url' && source === 'up in this folder')
}
