import { ALL_OR_NOTHING } from '../all-or-nothing.ts'
import { AHEAD } from '../set-back.ts'

/**
 * Takes the books of one schedule back to `now`, if all stands as it was read. Slots after `now` that
 * ended are filed aside, sums and all: they stay accounted for. A call under way is carried over: it
 * counts as due once its verdict is known. From here on slots lie on another grid, so that none bears
 * the name of one that was called before.
 */
export const REWIND = `${ALL_OR_NOTHING}
local schedules, declaration, books, ledger, sent, ahead = unpack(KEYS)
local id, entry, becomes, epochs, closed, marks = unpack(ARGV, 1, 6)
local after, revision, from, upTo, due, shift, reached = unpack(ARGV, 7, 13)
local now, keep = tonumber(ARGV[14]), tonumber(ARGV[15])
local base = math.max(now, tonumber(closed))
local sums = {'due'}
for i = 17, #ARGV, 5 do table.insert(sums, ARGV[i + 2]) end
local refused = lacking({
  {'HKEYS', sent}, {'HGET', sent, 'x'}, {'HDEL', sent, ''}, {'HSET', sent, 'x', 'x', 'x'},
  {'ZCOUNT', ledger, 0, 0}, {'ZRANGEBYSCORE', ledger, 0, 0}, {'ZREMRANGEBYSCORE', ledger, 'x', 'x'},
  {'ZADD', ahead, 'x', 'x'}, {'ZREMRANGEBYRANK', ahead, 'x', 'x'}, {'HINCRBY', books, 'x', 'x'},
  {'HSET', books, 'x', 'x', 'x'}, {'HDEL', books, ''}, {'HSET', schedules, 'x', 'x', 'x'},
  {'HGET', declaration, 'x'}, {'HSET', declaration, 'x', 'x', 'x'},
}) or uncountable(books, sums)
if refused then return refused end
for _, key in ipairs({ledger, ahead}) do redis.call('ZCARD', key) end
redis.call('HLEN', declaration)
local book = redis.call('HMGET', books, 'epochs', 'closed', 'since', 'lost', 'quiet')
if redis.call('HGET', schedules, id) ~= entry then return -1 end
if book[1] ~= epochs or book[2] ~= closed then return -1 end
if table.concat(redis.call('HKEYS', sent), ' ') ~= marks then return -1 end
for i = 17, #ARGV, 5 do
  if redis.call('ZCOUNT', ledger, ARGV[i], ARGV[i + 1]) > 0 then return -1 end
end
local carried = 0
for _, field in ipairs(redis.call('HKEYS', sent)) do
  local slot = tonumber(field)
  local readable, mark = pcall(cjson.decode, redis.call('HGET', sent, field))
  readable = readable and type(mark) == 'table'
  if slot and slot > now and (slot <= base or not readable) then
    redis.call('HDEL', sent, field)
  elseif readable and (tonumber(mark.at) or 0) > now then
    if slot and slot > base then
      mark.carried = true
      carried = carried + 1
    end
    if tonumber(mark['until']) then mark['until'] = now + mark['until'] - mark.at end
    mark.at = now
    redis.call('HSET', sent, field, cjson.encode(mark))
  end
end
for i = 17, #ARGV, 5 do
  redis.call('ZADD', ahead, ARGV[i], ARGV[i + 4])
  redis.call('HINCRBY', books, ARGV[i + 2], ARGV[i + 3])
end
local runs = redis.call('ZRANGEBYSCORE', ledger, '(' .. now, '+inf', 'WITHSCORES')
for i = 1, #runs, 2 do redis.call('ZADD', ahead, runs[i + 1], runs[i]) end
redis.call('ZREMRANGEBYSCORE', ledger, '(' .. now, '+inf')
redis.call('ZREMRANGEBYRANK', ahead, 0, -keep - 1)
redis.call('HINCRBY', books, 'due', due - carried)
redis.call('HSET', books, 'epochs', after, 'revision', revision, 'from', from, 'ended', ARGV[14])
redis.call('HSET', books, 'closed', upTo, 'shift', shift, 'reached', reached)
if (tonumber(book[3] or '') or 0) > now then redis.call('HSET', books, 'since', ARGV[14]) end
if (tonumber(book[4] or '') or 0) > now then redis.call('HDEL', books, 'lost') end
if (tonumber(book[5] or '') or 0) > now + ${AHEAD} then redis.call('HSET', books, 'quiet', from) end
redis.call('HSET', schedules, id, becomes)
if (tonumber(redis.call('HGET', declaration, 'at') or '') or 0) > now then
  redis.call('HSET', declaration, 'at', ARGV[16])
end
return carried
`
