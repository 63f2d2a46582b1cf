-- KEYS: n lock keys, tombstone. ARGV: owner, how many requests of the owner may not have been executed yet, ms to
-- refuse these, n channels.
-- Returns how many keys were the owner's.
local released = 0
for i = 1, #KEYS - 1 do
  if redis.pcall('hexists', KEYS[i], ARGV[1]) == 1 then
    redis.call('hdel', KEYS[i], ARGV[1])
    redis.call('publish', ARGV[3 + i], 0)
    released = released + 1
  end
end
if tonumber(ARGV[2]) > (released > 0 and 1 or 0) then
  redis.call('set', KEYS[#KEYS], 1, 'px', ARGV[3])
end
return released
