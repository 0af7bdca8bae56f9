-- uses: time
-- KEYS: 1 the relays: `p:` and a process, until when it is there; `b:` and a bucket, whose it is. ARGV: 2 who claims, 3 for
-- how long (0: gives all back), 4 how many buckets there are. Returns the buckets that the caller has now.
local who, lease, buckets = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local present, processes, holders = {}, 0, {}
local known = redis.call('HGETALL', KEYS[1])
for place = 1, #known, 2 do
  local kind, name = string.sub(known[place], 1, 1), string.sub(known[place], 3)
  if kind == 'b' then
    holders[tonumber(name)] = known[place + 1]
  elseif name ~= who and tonumber(known[place + 1]) > NOW then
    present[name], processes = true, processes + 1
  else
    redis.call('HDEL', KEYS[1], known[place])
  end
end
local share = lease > 0 and math.ceil(buckets / (processes + 1)) or 0
local held = {}
for bucket = 0, buckets - 1 do
  if holders[bucket] == who then
    if #held < share then
      held[#held + 1] = bucket
    else
      redis.call('HDEL', KEYS[1], 'b:' .. bucket)
    end
  end
end
for bucket = 0, buckets - 1 do
  if #held >= share then
    break
  end
  if holders[bucket] ~= who and not present[holders[bucket] or ''] then
    redis.call('HSET', KEYS[1], 'b:' .. bucket, who)
    held[#held + 1] = bucket
  end
end
if lease > 0 then
  redis.call('HSET', KEYS[1], 'p:' .. who, string.format('%.0f', NOW + lease))
  redis.call('PEXPIRE', KEYS[1], 10 * lease)
end
return held
