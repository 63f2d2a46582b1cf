-- KEYS: n lock keys, tombstone. ARGV: owner, ms to refuse the owner if it holds nothing yet or 0, n channels.
-- Returns how many keys were the owner's.
local released = 0
for i = 1, #KEYS - 1 do
  if redis.pcall('hexists', KEYS[i], ARGV[1]) == 1 then
    redis.call('hdel', KEYS[i], ARGV[1])
    redis.call('publish', ARGV[2 + i], 0)
    released = released + 1
  end
end
if released == 0 and ARGV[2] ~= '0' then
  redis.call('set', KEYS[#KEYS], 1, 'px', ARGV[2])
end
return released
