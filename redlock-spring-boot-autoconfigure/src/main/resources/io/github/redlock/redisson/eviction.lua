-- Returns the maxmemory-policy.
return string.match(redis.call('info', 'memory'), 'maxmemory_policy:([%w-]+)')
