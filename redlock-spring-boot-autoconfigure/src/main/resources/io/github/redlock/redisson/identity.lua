-- Returns the run_id, the role, the mode ('cluster' for a node of one), and the maxmemory-policy; each empty if unknown.
local server = redis.call('info', 'server')
local replication = redis.call('info', 'replication')
local memory = redis.call('info', 'memory')
return {string.match(server, 'run_id:(%w+)') or '', string.match(replication, 'role:(%w+)') or '',
    string.match(server, 'redis_mode:(%w+)') or string.match(server, 'server_mode:(%w+)') or '',
    string.match(memory, 'maxmemory_policy:([%w-]+)') or ''}
