-- Returns the run_id, the role, whether this is a node of a cluster ('cluster') or not, and the maxmemory-policy.
local server = redis.call('info', 'server')
local replication = redis.call('info', 'replication')
local memory = redis.call('info', 'memory')
return {string.match(server, 'run_id:(%w+)'), string.match(replication, 'role:(%w+)'),
    string.match(server, 'redis_mode:(%w+)'), string.match(memory, 'maxmemory_policy:([%w-]+)')}
