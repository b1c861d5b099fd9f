import { address, type Redis } from './redis.ts'
import { FORBIDDEN } from './redis-info.ts'

/** What a Redis says of itself; null where it does not tell. */
export interface RedisFacts {
  /** Without credentials. */
  address: string
  version: string | null
  memoryBytes: number | null
  /** Does it keep an append-only file? */
  aof: boolean | null
  /** `maxmemory-policy`; anything but `noeviction` can lose locks, leases and verdicts. */
  policy: string | null
  hz: number | null
}

export async function redisFacts(redis: Redis, url: string): Promise<RedisFacts> {
  // A hosted Redis may forbid it: then we know little more than its version.
  const info = parseInfo(await redis.info().catch(() => ''))
  const [memory, hz] = [info.get('used_memory'), info.get('hz')]
  const aof = info.get('aof_enabled')
  const valkey = info.get('valkey_version')
  return {
    address: address(url),
    version: valkey === undefined ? (info.get('redis_version') ?? null) : `valkey ${valkey}`,
    memoryBytes: memory === undefined ? null : Number(memory),
    aof: aof === undefined ? null : aof === '1',
    policy: info.get('maxmemory_policy') ?? null,
    hz: hz === undefined ? null : Number(hz),
  }
}

/** What INFO says, by name; null where this user may not ask. */
export async function infoOf(redis: Redis): Promise<Map<string, string> | null> {
  const info = await redis.info().then(parseInfo, () => null)
  return info?.has(FORBIDDEN) ? null : info
}

/** What INFO says, by name. */
export function parseInfo(info: string): Map<string, string> {
  const pairs = info.split(/\r?\n/).map(line => /^([a-z_0-9]+):(.*)$/.exec(line))
  return new Map(pairs.flatMap(match => (match ? [[match[1] ?? '', match[2] ?? '']] : [])))
}

/** What a Redis without an append-only file means, wherever it is said. */
export const NO_AOF =
  'Redis keeps no append-only file (AOF off): a restart of it loses verdicts, leases and pauses; set appendonly yes'

/** The oldest version that ioredis and BullMQ are made for. */
export const OLDEST = '6.2'

export function isOld(version: string): boolean {
  const [of, least] = [version, OLDEST].map(text => text.split('.').map(Number))
  const [major = 0, minor = 0] = of ?? []
  const [first = 0, second = 0] = least ?? []
  return major < first || (major === first && minor < second)
}
