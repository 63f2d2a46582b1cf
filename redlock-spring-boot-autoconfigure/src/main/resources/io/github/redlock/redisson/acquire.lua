-- KEYS: n lock keys, n token keys, tombstone, member, recovery, blank.
-- ARGV: owner, lease in ms (0: answer, but grant nothing), token proposal, token retention in ms, quarantine in ms,
-- what names a run of this master: 'run_id', or 'master_replid' for the primary of a group, which is another after each promotion; an owner that gives
-- all keys up to this one or nothing; quarantine in ms of a master that was restarted with its data.
-- Returns {1, token} granted, {0, ms until the last holder runs out or -1, largest stored token, a holder} busy,
-- {2, ms} recovering for so long, {3, id, ms} blank for so long, {4} void, {5} not followed by a replica for 10 s.
local n = (#KEYS - 4) / 2
local void, member, recovery, blank = unpack(KEYS, 2 * n + 1)
if ARGV[7] ~= '' then
  for i = 1, n do
    if redis.pcall('hexists', KEYS[i], ARGV[7]) == 1 then
      redis.call('hdel', KEYS[i], ARGV[7])
    end
  end
end
local time = redis.call('time')
local now = time[1] * 1000000 + time[2]
local state = redis.call('mget', member, recovery)
local recovering, over = string.match(state[2] or '', '(%w+) (%d+)')
local info = redis.call('info', ARGV[6] == 'run_id' and 'server' or 'replication')
if ARGV[6] ~= 'run_id' and (state[1] or state[2]) and not string.find(info, 'state=online[^\n]*lag=%d%D') then
  return {5}
end
if not state[1] or not string.find(info, ARGV[6] .. ':' .. state[1], 1, true) then
  local run_id = string.match(info, ARGV[6] .. ':(%w+)')
  if not state[1] and not state[2] then
    local seen, since = string.match(redis.call('get', blank) or '', '(%w+) (%d+)')
    if seen ~= run_id then
      since = string.format('%.0f', now)
      redis.call('set', blank, run_id .. ' ' .. since)
    end
    return {3, tonumber(since), math.floor((now - since) / 1000)}
  end
  if recovering ~= run_id then
    -- counted in whole seconds of the clock: up to one more than have passed
    local uptime = math.max(0, (string.match(info, 'uptime_in_seconds:(%d+)') or 0) - 1)
    local quarantine = state[1] and ARGV[8] or ARGV[5]
    -- this run may have been a replica, promoted behind the same address: its data is not that of its start
    if not string.find(redis.call('info', 'replication'), 'second_repl_offset:-1', 1, true) then
      uptime, quarantine = 0, ARGV[5]
    end
    over = string.format('%.0f', now - uptime * 1000000 + quarantine * 1000)
    redis.call('set', recovery, run_id .. ' ' .. over)
  end
  if now < tonumber(over) then
    return {2, math.ceil((over - now) / 1000)}
  end
  redis.call('set', member, run_id)
end
if redis.call('exists', void) == 1 then
  return {4}
end
-- a forgotten token may have been ahead of the clock
local stored, holder, remaining = over and over + 5000000 or 0, nil, 0
for i = 1, n do
  stored = math.max(stored, tonumber(redis.call('get', KEYS[n + i]) or 0))
  if redis.call('exists', KEYS[i]) == 1 and redis.pcall('hexists', KEYS[i], ARGV[1]) ~= 1 then
    local ttl = redis.call('pttl', KEYS[i])
    remaining = (ttl < 0 or remaining < 0) and -1 or math.max(remaining, ttl)
    local owners = redis.pcall('hkeys', KEYS[i])
    holder = owners[1] or 'foreign'
  end
end
if holder then
  return {0, remaining, stored, holder}
end
if ARGV[2] == '0' then
  return {1, stored}
end
local token = math.max(stored + 1, now - 5000000, math.min(tonumber(ARGV[3]), now + 5000000))
for i = 1, n do
  redis.call('hset', KEYS[i], ARGV[1], 1)
  redis.call('pexpire', KEYS[i], ARGV[2])
  redis.call('set', KEYS[n + i], string.format('%.0f', token), 'px', ARGV[4])
end
return {1, token}
