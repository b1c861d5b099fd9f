import { ALL_OR_NOTHING } from '../all-or-nothing.ts'
import { VERDICTS } from '../ledger/run.ts'
import { GONE_AFTER } from '../presence.ts'
import { AHEAD } from '../set-back.ts'

/** Of so many declarations that were replaced it is known that they were, 12 characters each. */
const REPLACED = 10

/**
 * The newest declaration counts; of two in the same ms the one of the greater name. One that was made
 * before the clock was set back counts no more.
 */
const SUPERSEDED = `${ALL_OR_NOTHING}
local function now()
  local clock = redis.call('TIME')
  return clock[1] * 1000 + math.floor(clock[2] / 1000)
end

local function superseded(declaration, at, by)
  local newest = redis.call('HMGET', declaration, 'at', 'by')
  local standing = tonumber(newest[1] or '') or 0
  local latest = now() + ${AHEAD}
  if standing > latest and tonumber(at) <= latest then return false end
  return standing > tonumber(at) or (standing == tonumber(at) and (newest[2] or '') > by)
end
`

/**
 * Asks to declare. Refused where another producer that lives stands against it: a schedule would go
 * that its settings declare, or settings would come back that what it declares has replaced (an old
 * producer that is started again and again must not undo a new one). The newest declaration counts
 * otherwise. With `ask` nothing is claimed; with `force` nobody is asked.
 */
export const CLAIM = `${SUPERSEDED}
local declaration, schedules, intents, processes = unpack(KEYS)
local at, by, print, intent, how = unpack(ARGV)
local refused = lacking({
  {'HSET', declaration, 'x', 'x', 'x'}, {'HSET', intents, 'x', 'x', 'x'}, {'HKEYS', schedules},
  {'HGETALL', intents}, {'HGET', processes, 'x'}, {'HMGET', declaration, 'x'}, {'TIME'},
})
if refused then return refused end
for _, key in ipairs({declaration, schedules, processes}) do redis.call('HLEN', key) end
local ours, going = {}, {}
for i = 6, #ARGV do ours[ARGV[i]] = true end
if intent ~= '' then redis.call('HSET', intents, by, intent) end
if superseded(declaration, at, by) then return {'superseded'} end
for _, id in ipairs(redis.call('HKEYS', schedules)) do
  if not ours[id] then going[id] = true end
end
local standing, replaced = unpack(redis.call('HMGET', declaration, 'print', 'replaced'))
standing, replaced = standing or '', replaced or ''
local returns = standing ~= print and string.find(replaced, print, 1, true) ~= nil
local function read(json)
  local readable, content = pcall(cjson.decode, json or '')
  return readable and type(content) == 'table' and content or {}
end
local keeps, replaces = {'removes', standing}, {'returns', standing}
local all = how ~= 'force' and redis.call('HGETALL', intents) or {}
for i = 1, #all, 2 do
  local other, theirs = all[i], read(all[i + 1])
  local seen = tonumber(read(redis.call('HGET', processes, 'producer:' .. other)).seen) or 0
  if other ~= by and math.abs(now() - seen) < ${GONE_AFTER} then
    for _, schedule in ipairs(type(theirs.schedules) == 'table' and theirs.schedules or {}) do
      local id = type(schedule) == 'table' and schedule.id or ''
      -- What has just been claimed may not be written yet.
      local goes = going[id] or theirs.print == standing and id ~= '' and not ours[id]
      if goes and keeps[#keeps] ~= other then keeps[#keeps + 1] = other end
    end
    if returns and theirs.print == standing then replaces[#replaces + 1] = other end
  end
end
if #keeps > 2 then return keeps end
if #replaces > 2 then return replaces end
if how == 'ask' then return {'free', standing} end
if standing ~= print then
  local others = string.gsub(standing .. ' ' .. replaced, print .. ' ?', '')
  redis.call('HSET', declaration, 'print', print, 'replaced', string.sub(others, 1, ${REPLACED * 13}))
end
redis.call('HSET', declaration, 'at', at, 'by', by)
return {'claimed'}
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
local schedules, declaration, removed, paused, books, ledger = unpack(KEYS)
local id, json, revision, from, ended, at, by, before, after, opens, lost = unpack(ARGV)
if superseded(declaration, at, by) then return 'superseded' end
if (redis.call('HGET', books, 'epochs') or '') ~= before then return 'changed' end
local refused = lacking({
  {'HSET', declaration, 'x', 'x', 'x'}, {'HSET', paused, 'x', 'x', 'x'}, {'HSET', schedules, 'x', 'x', 'x'},
  {'HSET', books, 'x', 'x', 'x'}, {'HDEL', removed, ''}, {'HDEL', books, ''}, {'HEXISTS', paused, 'x'},
  {'HINCRBY', books, 'x', 'x'}, {'ZRANGEBYSCORE', ledger, '0', '0'}, {'PERSIST', books .. ':'}, {'TIME'},
})
if refused then return refused end
for _, key in ipairs({schedules, removed, paused}) do redis.call('HLEN', key) end
redis.call('ZCARD', ledger)
local anew = redis.call('HEXISTS', declaration, 'began') == 0
redis.call('HSET', declaration, 'at', at, 'by', by)
if anew then
  redis.call('HSET', declaration, 'began', string.format('%.0f', now()))
  for i = 12, #ARGV, 2 do
    if redis.call('HEXISTS', paused, ARGV[i]) == 0 then redis.call('HSET', paused, ARGV[i], ARGV[i + 1]) end
  end
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
      local verdict = read and type(content) == 'table' and content.verdict
      if type(verdict) == 'string' then
        redis.call('HINCRBY', books, verdict, string.format('%.0f', tonumber(content.count) or 1))
      end
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
local refused = lacking({
  {'HDEL', schedules, ''}, {'HSET', removed, 'x', 'x', 'x'}, {'HSET', books, 'x', 'x', 'x'},
  {'PEXPIRE', books, 'x'},
})
if refused then return refused end
redis.call('HLEN', removed)
local entry = redis.call('HGET', schedules, id)
if not entry then return 'gone' end
redis.call('HDEL', schedules, id)
redis.call('HSET', removed, id, entry)
if before ~= '' then redis.call('HSET', books, 'epochs', after) end
for i = 4, #KEYS do redis.call('PEXPIRE', KEYS[i], keep) end
return 'removed'
`
