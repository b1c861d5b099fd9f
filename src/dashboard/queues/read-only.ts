import { createHash } from 'node:crypto'
import type { Redis } from '../../redis.ts'

/** What tells something about keys, and changes nothing. */
const READS = [
  ...['exists', 'type', 'ttl', 'pttl', 'get', 'mget', 'time'],
  ...['hexists', 'hget', 'hmget', 'hgetall', 'hlen', 'hkeys', 'hscan'],
  ...['lindex', 'llen', 'lpos', 'lrange', 'scard', 'sismember', 'smembers', 'sscan'],
  ...['zcard', 'zcount', 'zscore', 'zscan', 'xlen', 'xrange', 'xrevrange'],
  ...['zrange', 'zrevrange', 'zrangebyscore', 'zrevrangebyscore'],
]
/** What a connection itself needs; EXEC only ends what was let through. */
const ALLOWED = new Set([
  ...READS,
  ...['auth', 'hello', 'client', 'select', 'info', 'ping', 'quit', 'multi', 'exec'],
])

/** Stands before a script: the only `redis` that it then sees refuses what is no read. */
const GUARD = `local redis = (function(real)
  local reads = {${READS.map(name => `${name}=1`).join(',')}}
  local function only(call)
    return function(name, ...)
      if not reads[string.lower(name)] then error('read-only: ' .. name .. ' is refused') end
      return call(name, ...)
    end
  end
  return setmetatable({ call = only(real.call), pcall = only(real.pcall) }, { __index = real })
end)(redis)
`

/**
 * Makes a connection one that cannot write, whatever is asked of it: commands that are no reads are
 * refused here, and so they are within scripts, which libraries hand over whole. It relies on no
 * right in Redis, so it holds on every version. To be called before anything is asked.
 */
export function readOnly(redis: Redis): Redis {
  const send = redis.sendCommand.bind(redis)
  const define = redis.defineCommand.bind(redis)
  const guarded = new Set<unknown>()
  redis.defineCommand = (name, definition) => {
    const lua = GUARD + definition.lua
    guarded.add(lua).add(createHash('sha1').update(lua).digest('hex'))
    define(name, { ...definition, lua })
  }
  redis.sendCommand = (command, stream) => {
    const name = command.name.toLowerCase()
    const script = (name === 'eval' || name === 'evalsha') && guarded.has(command.args[0])
    if (script || ALLOWED.has(name)) return send(command, stream)
    const error = new Error(`read-only: ${name} is refused`)
    command.reject(error)
    if (stream === undefined) return command.promise
    // The others of a pipeline count on its place; Redis knows no such command, and so carries out
    // nothing of a transaction with it.
    command.name = 'refused'
    command.args = []
    return send(command, stream)
  }
  return redis
}
