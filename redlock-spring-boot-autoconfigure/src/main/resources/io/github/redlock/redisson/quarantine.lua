-- KEYS: member, recovery, blank. ARGV: id of the blank, quarantine in ms, what names a run.
-- Returns 1 if the quarantine begins, 0 if this master is not the blank that was seen, or a primary that no replica
-- follows.
local group = ARGV[3] ~= 'run_id'
local info = redis.call('info', group and 'replication' or 'server')
if group and not string.find(info, 'state=online[^\n]*lag=%d%D') then
  return 0
end
local run_id = string.match(info, ARGV[3] .. ':(%w+)')
if redis.call('exists', KEYS[1], KEYS[2]) > 0 or redis.call('get', KEYS[3]) ~= run_id .. ' ' .. ARGV[1] then
  return 0
end
local since = ARGV[1]
if group then
  -- its group had another primary until a replica followed this one
  local time = redis.call('time')
  since = time[1] * 1000000 + time[2]
end
redis.call('set', KEYS[2], run_id .. ' ' .. string.format('%.0f', since + ARGV[2] * 1000))
redis.call('del', KEYS[3])
return 1
