import { about, type Finding } from './finding.ts'
import type { Connected } from './subject.ts'

const { ok, warning, failure } = about('redis persistence')

/** Does what is written outlive a restart of Redis? */
export async function redisPersistence({ redis, info }: Connected): Promise<Finding[]> {
  if (info === null) return []
  const problems: Finding[] = []
  const aof = info.get('aof_enabled') === '1'
  if (!aof) {
    const found = 'no append-only file: a restart loses verdicts, leases and pauses'
    const advice = 'redis-cli CONFIG SET appendonly yes, and in redis.conf'
    problems.push(warning(found, advice))
  }
  const sync = aof ? await appendfsync(redis) : null
  if (sync === 'no') {
    const found = 'appendfsync no: a crash of its machine loses up to half a minute'
    const advice = 'redis-cli CONFIG SET appendfsync everysec, and in redis.conf'
    problems.push(warning(found, advice))
  }
  if (aof && sync === null) {
    const found = 'an append-only file, but cannot see how often it is synced: CONFIG is forbidden'
    problems.push(warning(found, 'allow this user +config|get, or ask who runs it for everysec'))
  }
  for (const [name, what] of WRITES) {
    if ((info.get(name) ?? 'ok') === 'ok') continue
    const advice = `look at its log and at the room on its disk (INFO persistence: ${name})`
    problems.push(failure(`${what} failed: Redis may refuse to write`, advice))
  }
  return problems.length > 0 ? problems : [ok(`append-only file, appendfsync ${sync}`)]
}

const WRITES = [
  ['aof_last_write_status', 'the last write to the append-only file'],
  ['aof_last_bgrewrite_status', 'the last rewrite of the append-only file'],
  ['rdb_last_bgsave_status', 'the last snapshot'],
] as const

/** Null where this user may not ask. */
async function appendfsync(redis: Connected['redis']): Promise<string | null> {
  const reply = await redis.config('GET', 'appendfsync').catch(() => null)
  return Array.isArray(reply) ? String(reply[1] ?? '') : null
}
