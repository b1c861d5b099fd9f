import { VERDICTS } from '../ledger/run.ts'

/** The newest declaration counts; of two in the same ms the one of the greater name. */
const SUPERSEDED = `
local function superseded(declaration, at, by)
  local newest = redis.call('HMGET', declaration, 'at', 'by')
  local standing = tonumber(newest[1] or '') or 0
  return standing > tonumber(at) or (standing == tonumber(at) and (newest[2] or '') > by)
end
`

/** After a loss no update is admitted for so long: workers put the leases of their calls back, ms. */
const QUIET = 1000

const SUMS = ['due', ...VERDICTS].map(field => `'${field}'`).join(', ')

/**
 * Takes effect only if nobody declared later, and the epochs are still as they were read. Books that
 * are opened for the first time begin with no sums: what ran before was not due. Books that were
 * lost (at `lost`) go on where they were last seen, and count what the ledger still has since then.
 * `began` is when the first declaration was made that Redis has kept: another one means a loss. Who
 * begins anew puts back what was paused, in the same step: no call comes before it.
 */
export const DECLARE = `${SUPERSEDED}
local function now()
  local clock = redis.call('TIME')
  return clock[1] * 1000 + math.floor(clock[2] / 1000)
end

local schedules, declaration, removed, paused, books, ledger = unpack(KEYS)
local id, json, revision, from, ended, at, by, before, after, opens, lost = unpack(ARGV)
if superseded(declaration, at, by) then return 'superseded' end
if (redis.call('HGET', books, 'epochs') or '') ~= before then return 'changed' end
redis.call('HSET', declaration, 'at', at, 'by', by)
if redis.call('HSETNX', declaration, 'began', string.format('%.0f', now())) == 1 then
  for i = 12, #ARGV, 2 do redis.call('HSETNX', paused, ARGV[i], ARGV[i + 1]) end
end
redis.call('HSET', schedules, id, json)
redis.call('HDEL', removed, id)
redis.call('HSET', books, 'epochs', after, 'revision', revision, 'from', from, 'ended', ended)
if opens == '1' then
  redis.call('HDEL', books, ${SUMS})
  redis.call('HDEL', books, 'lost')
  redis.call('HSET', books, 'closed', from, 'since', from)
  if lost ~= '0' then
    redis.call('HSET', books, 'lost', lost, 'quiet', string.format('%.0f', now() + ${QUIET}))
    for _, run in ipairs(redis.call('ZRANGEBYSCORE', ledger, '(' .. from, '+inf')) do
      local read, content = pcall(cjson.decode, run)
      if read then redis.call('HINCRBY', books, content.verdict, content.count or 1) end
    end
  end
end
for i = 5, #KEYS do redis.call('PERSIST', KEYS[i]) end
return 'declared'
`

/**
 * Ends a schedule under the same conditions; what is known of it is kept for a while. It stands in
 * `removed` until its last slots are closed.
 */
export const REMOVE = `${SUPERSEDED}
local schedules, declaration, removed, books = unpack(KEYS)
local id, at, by, before, after, keep = unpack(ARGV)
if superseded(declaration, at, by) then return 'superseded' end
if (redis.call('HGET', books, 'epochs') or '') ~= before then return 'changed' end
local entry = redis.call('HGET', schedules, id)
if not entry then return 'gone' end
redis.call('HDEL', schedules, id)
redis.call('HSET', removed, id, entry)
if before ~= '' then redis.call('HSET', books, 'epochs', after) end
for i = 4, #KEYS do redis.call('PEXPIRE', KEYS[i], keep) end
return 'removed'
`
