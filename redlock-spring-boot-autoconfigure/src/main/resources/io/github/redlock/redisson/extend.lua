-- KEYS: n lock keys, member. ARGV: owner, lease in ms, what names a run.
-- Returns 1 if all keys are the owner's and now end after the lease, 0 if nothing was changed: also if this is the
-- primary of a group and does not vote.
local n = #KEYS - 1
if ARGV[3] ~= 'run_id' then
  local info = redis.call('info', 'replication')
  local member = redis.call('get', KEYS[n + 1]) or 'none'
  if not string.find(info, ARGV[3] .. ':' .. member, 1, true) or not string.find(info, 'state=online[^\n]*lag=%d%D') then
    return 0
  end
end
for i = 1, n do
  if redis.pcall('hexists', KEYS[i], ARGV[1]) ~= 1 then
    return 0
  end
end
for i = 1, n do
  redis.call('pexpire', KEYS[i], ARGV[2])
end
return 1
