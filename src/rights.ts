import { recordedChannel } from './ledger/channel.ts'
import { keysOf } from './ledger/keys.ts'
import type { Redis } from './redis.ts'
import { isDenial } from './redis-errors.ts'

const READS = [
  ...['exists', 'get', 'hexists', 'hget', 'hgetall', 'hkeys', 'hlen', 'hmget', 'hvals'],
  ...['lindex', 'llen', 'lpos', 'lrange', 'pttl', 'scan', 'scard', 'sismember', 'smembers', 'ttl'],
  ...['type', 'xlen', 'xrange', 'xread', 'xrevrange', 'zcard', 'zcount', 'zrange', 'zrangebyscore'],
  ...['zrevrange', 'zrevrangebyscore', 'zscore'],
]
const CONNECTION = [
  ...['client|setname', 'eval', 'evalsha', 'exec', 'info', 'multi', 'ping', 'select'],
  ...['subscribe', 'time'],
]
const READING = [...READS, ...CONNECTION].sort()
const PAUSING = [...READING, 'hdel', 'hset', 'xadd'].sort()
const RUNNING = [
  ...PAUSING,
  ...['bzpopmin', 'del', 'hincrby', 'hmset', 'hsetnx', 'incr', 'lpop', 'lpush', 'lrem', 'lset'],
  ...['ltrim', 'persist', 'pexpire', 'publish', 'rename', 'rpop', 'rpoplpush', 'rpush', 'sadd'],
  ...['set', 'srem', 'xtrim', 'zadd', 'zpopmin', 'zrem', 'zremrangebyrank', 'zremrangebyscore'],
].sort()

/**
 * The commands that a user of Redis needs: to read (commands, `doctor`, the dashboard), to pause and
 * resume, and to run (producer, worker, a dashboard that acts, `trigger`). BullMQ's are among them.
 */
export const RIGHTS = { reading: READING, pausing: PAUSING, running: RUNNING } as const
export type Role = keyof typeof RIGHTS

/** Without these less is seen, or seen later; all calls are made, and all verdicts recorded. */
const OPTIONAL: ReadonlySet<string> = new Set([
  ...['client|setname', 'info', 'publish', 'scan', 'select', 'subscribe'],
])

/** What a user lacks; empty where all is allowed. */
export interface Lacking {
  essential: string[]
  optional: string[]
}

/** Answers which of so many commands this user may not run. `ARGV`: their texts as JSON. */
const ASK = `
local lacking = {}
for index, json in ipairs(ARGV) do
  local known, allowed = pcall(redis.acl_check_cmd, unpack(cjson.decode(json)))
  if known and not allowed then table.insert(lacking, index) end
end
return lacking
`

/**
 * Which rights of a role this user of Redis lacks; changes nothing. Null before Redis 7, where nobody
 * but an administrator can ask.
 */
export async function lackingRights(
  redis: Redis,
  { prefix, role }: { prefix: string; role: Role },
): Promise<Lacking | null> {
  const channel = recordedChannel(redis, keysOf(prefix))
  const commands = RIGHTS[role]
  let missing: string[]
  try {
    if ((await redis.eval('return redis.acl_check_cmd and 1 or 0', 0)) === 0) return null
    const calls = commands.map(command =>
      JSON.stringify(callOf(command, `${prefix}:rights`, channel)),
    )
    const found = (await redis.eval(ASK, 0, ...calls)) as number[]
    missing = found.map(index => commands[index - 1] as string)
  } catch (error) {
    if (!isDenial(error)) throw error
    missing = ['eval']
  }
  return {
    essential: missing.filter(command => !OPTIONAL.has(command)).map(nameOf),
    optional: missing.filter(command => OPTIONAL.has(command)).map(nameOf),
  }

  function nameOf(command: string): string {
    return command === 'publish' || command === 'subscribe'
      ? `+${command} &${channel}`
      : `+${command}`
  }
}

/** A call as Redis would get it, so that it sees which key or channel it is about. */
function callOf(command: string, key: string, channel: string): string[] {
  const name = command.toUpperCase()
  switch (command) {
    case 'client|setname':
      return ['CLIENT', 'SETNAME', 'x']
    case 'eval':
    case 'evalsha':
      return [name, 'x', '1', key]
    case 'exec':
    case 'info':
    case 'multi':
    case 'ping':
    case 'time':
      return [name]
    case 'del':
    case 'exists':
      return [name, key]
    case 'select':
    case 'scan':
      return [name, '0']
    case 'publish':
      return [name, channel, 'x']
    case 'subscribe':
      return [name, channel]
    case 'xread':
      return [name, 'STREAMS', key, '0']
    case 'bzpopmin':
      return [name, key, '1']
    case 'rename':
    case 'rpoplpush':
      return [name, key, `${key}2`]
    default:
      return [name, key, 'x', 'x', 'x']
  }
}
