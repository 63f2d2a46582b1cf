-- KEYS: n lock keys, n token keys, tombstone. ARGV: owner, lease in ms, token proposal, token retention in ms.
-- Returns {1, token}, {0, ms until the last holder runs out or -1, largest stored token}, or {-1}.
local n = (#KEYS - 1) / 2
if redis.call('exists', KEYS[#KEYS]) == 1 then
  return {-1}
end
local stored, busy, remaining = 0, false, 0
for i = 1, n do
  stored = math.max(stored, tonumber(redis.call('get', KEYS[n + i]) or 0))
  if redis.call('exists', KEYS[i]) == 1 and redis.pcall('hexists', KEYS[i], ARGV[1]) ~= 1 then
    local ttl = redis.call('pttl', KEYS[i])
    remaining = (ttl < 0 or remaining < 0) and -1 or math.max(remaining, ttl)
    busy = true
  end
end
if busy then
  return {0, remaining, stored}
end
local time = redis.call('time')
local latest = time[1] * 1000000 + time[2] + 5000000
local token = math.max(stored + 1, math.min(tonumber(ARGV[3]), latest))
for i = 1, n do
  redis.call('hset', KEYS[i], ARGV[1], 1)
  redis.call('pexpire', KEYS[i], ARGV[2])
  redis.call('set', KEYS[n + i], string.format('%.0f', token), 'px', ARGV[4])
end
return {1, token}
