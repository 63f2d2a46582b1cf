-- KEYS: member, recovery, blank. ARGV: id of the blank, what names a run.
-- Returns 1 if this master votes now, 0 if it is not the blank that was seen.
local info = redis.call('info', ARGV[2] == 'run_id' and 'server' or 'replication')
local run_id = string.match(info, ARGV[2] .. ':(%w+)')
if redis.call('get', KEYS[1]) == run_id then
  return 1
end
if redis.call('exists', KEYS[1], KEYS[2]) > 0 or redis.call('get', KEYS[3]) ~= run_id .. ' ' .. ARGV[1] then
  return 0
end
redis.call('set', KEYS[1], run_id)
redis.call('del', KEYS[3])
return 1
