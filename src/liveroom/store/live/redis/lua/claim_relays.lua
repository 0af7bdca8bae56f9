-- uses: time
-- Shares the buckets out among processes that relay what happens. Returns the buckets that ARGV.who has now.
-- ARGV: lease: for how long (0: gives all back). buckets: how many there are.
-- KEYS.relays: `p:` and a process, until when it is there; `b:` and a bucket, whose it is.
local who, lease, buckets = ARGV.who, tonumber(ARGV.lease), tonumber(ARGV.buckets)
local present, processes, holders = {}, 0, {}
local known = call('HGETALL', KEYS.relays)
for at = 1, #known, 2 do
  local kind, name = string.sub(known[at], 1, 1), string.sub(known[at], 3)
  if kind == 'b' then
    holders[tonumber(name)] = known[at + 1]
  elseif name ~= who and tonumber(known[at + 1]) > NOW then
    present[name], processes = true, processes + 1
  else
    call('HDEL', KEYS.relays, known[at])
  end
end
local share = lease > 0 and math.ceil(buckets / (processes + 1)) or 0
local held = {}
for bucket = 0, buckets - 1 do
  if holders[bucket] == who then
    if #held < share then
      held[#held + 1] = bucket
    else
      call('HDEL', KEYS.relays, 'b:' .. bucket)
    end
  end
end
for bucket = 0, buckets - 1 do
  if #held >= share then
    break
  end
  if holders[bucket] ~= who and not present[holders[bucket] or ''] then
    call('HSET', KEYS.relays, 'b:' .. bucket, who)
    held[#held + 1] = bucket
  end
end
if lease > 0 then
  call('HSET', KEYS.relays, 'p:' .. who, whole(NOW + lease))
  call('PEXPIRE', KEYS.relays, 10 * lease)
end
return held
