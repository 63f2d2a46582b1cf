-- KEYS: lock key. ARGV: channel.
-- Returns 1 if the key was there, whoever's it was.
local there = redis.call('del', KEYS[1])
if there == 1 then
  redis.call('publish', ARGV[1], 0)
end
return there
