-- KEYS: n lock keys, n token keys, tombstone. ARGV: owner, lease in ms, token, token retention in ms.
-- Returns 1 if all keys are the owner's now, 0 if nothing was changed.
local n = (#KEYS - 1) / 2
if redis.call('exists', KEYS[#KEYS]) == 1 then
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
