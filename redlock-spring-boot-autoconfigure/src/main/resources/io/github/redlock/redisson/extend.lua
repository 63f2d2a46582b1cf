-- KEYS: lock keys. ARGV: owner, lease in ms.
-- Returns 1 if all keys are the owner's and now end after the lease, 0 if nothing was changed.
for i = 1, #KEYS do
  if redis.pcall('hexists', KEYS[i], ARGV[1]) ~= 1 then
    return 0
  end
end
for i = 1, #KEYS do
  redis.call('pexpire', KEYS[i], ARGV[2])
end
return 1
