-- KEYS: n lock keys, n token keys. ARGV: owner, token, largest token that may be stored before, token retention in ms.
-- Returns 1 if the token is now stored for all keys, 0 if nothing was changed.
local n = #KEYS / 2
for i = 1, n do
  if redis.pcall('hexists', KEYS[i], ARGV[1]) ~= 1
      or tonumber(redis.call('get', KEYS[n + i]) or 0) > tonumber(ARGV[3]) then
    return 0
  end
end
for i = 1, n do
  redis.call('set', KEYS[n + i], ARGV[2], 'px', ARGV[4])
end
return 1
