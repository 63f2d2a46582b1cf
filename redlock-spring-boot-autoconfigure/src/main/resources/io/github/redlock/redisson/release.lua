-- KEYS: n lock keys, tombstone. ARGV: owner, ms to refuse the owner or 0, n channels.
-- Returns how many keys were the owner's.
local n = #KEYS - 1
local released = 0
for i = 1, n do
  if redis.pcall('hexists', KEYS[i], ARGV[1]) == 1 then
    redis.call('hdel', KEYS[i], ARGV[1])
    if redis.call('exists', KEYS[i]) == 0 then
      redis.call('publish', ARGV[2 + i], 0)
    end
    released = released + 1
  end
end
if tonumber(ARGV[2]) > 0 then
  redis.call('set', KEYS[#KEYS], 1, 'px', ARGV[2])
end
return released
