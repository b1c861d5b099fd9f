/**
 * Redis does not take back what a script has done before one of its commands failed. So a script
 * asks, before it writes, for the right to every command that it may come to; and reads every key
 * that it writes to, which fails for one of another type. What is left to fail half-way is nothing:
 * that Redis has no memory, is a replica or cannot save is known at the first write.
 *
 * `lacking` gets commands that do nothing even where they are executed, which is how Redis before 7
 * is asked: with values that are none, or on a key that there is not. It returns the refusal, or nil;
 * so does `uncountable`, for fields of a hash that HINCRBY would not take for numbers.
 * `attempt` is for steps that nothing depends on: it returns why Redis refused, or '' when it did not.
 */
export const ALL_OR_NOTHING = `
local function allows(need)
  if redis.acl_check_cmd then return redis.acl_check_cmd(unpack(need)) end
  local said = redis.pcall(unpack(need))
  local refusal = type(said) == 'table' and said.err or ''
  return not (string.find(refusal, 'NOPERM', 1, true) or string.find(refusal, 'The user executing', 1, true))
end

local function lacking(needs)
  for _, need in ipairs(needs) do
    if not allows(need) then
      local where = need[2] and ' on ' .. need[2] or ''
      return redis.error_reply('NOPERM no right to run ' .. need[1] .. where)
    end
  end
end

local function uncountable(key, fields)
  for index, sum in ipairs(redis.call('HMGET', key, unpack(fields))) do
    if sum and not string.match(sum, '^%-?%d+$') then
      return redis.error_reply('ERR ' .. fields[index] .. ' in ' .. key .. ' is no number')
    end
  end
end

local function attempt(step)
  local done, refusal = pcall(step)
  if done then return '' end
  return type(refusal) == 'table' and refusal.err or tostring(refusal)
end
`
