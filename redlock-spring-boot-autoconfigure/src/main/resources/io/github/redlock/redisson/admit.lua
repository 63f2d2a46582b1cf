-- KEYS: member, recovery, blank. ARGV: id of the blank.
-- Returns 1 if this master votes now, 0 if it is not the blank that was seen.
local run_id = string.match(redis.call('info', 'server'), 'run_id:(%w+)')
if redis.call('get', KEYS[1]) == run_id then
  return 1
end
if redis.call('exists', KEYS[1], KEYS[2]) > 0 or redis.call('get', KEYS[3]) ~= run_id .. ' ' .. ARGV[1] then
  return 0
end
redis.call('set', KEYS[1], run_id)
redis.call('del', KEYS[3])
return 1
