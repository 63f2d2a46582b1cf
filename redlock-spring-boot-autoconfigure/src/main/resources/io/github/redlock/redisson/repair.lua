-- KEYS: n lock keys, n token keys, tombstone, member.
-- ARGV: owner, lease in ms, token, token retention in ms, what names a run.
-- Returns 1 if all keys are the owner's now, 0 if nothing was changed.
-- A master that does not vote refuses, since a lock counts at the next renewal.
local n = (#KEYS - 2) / 2
local member = redis.call('get', KEYS[#KEYS])
local group = ARGV[5] ~= 'run_id'
local info = redis.call('info', group and 'replication' or 'server')
if not member or not string.find(info, ARGV[5] .. ':' .. member, 1, true)
    or group and not string.find(info, 'state=online[^\n]*lag=%d%D')
    or redis.call('exists', KEYS[#KEYS - 1]) == 1 then
  return 0
end
for i = 1, n do
  if redis.call('exists', KEYS[i]) == 1 and redis.pcall('hexists', KEYS[i], ARGV[1]) ~= 1 then
    return 0
  end
end
for i = 1, n do
  redis.call('hset', KEYS[i], ARGV[1], 1)
  redis.call('pexpire', KEYS[i], ARGV[2])
  if tonumber(redis.call('get', KEYS[n + i]) or 0) < tonumber(ARGV[3]) then
    redis.call('set', KEYS[n + i], ARGV[3], 'px', ARGV[4])
  end
end
return 1
