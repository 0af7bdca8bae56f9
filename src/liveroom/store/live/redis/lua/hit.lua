-- uses: time awaited
-- KEYS[1]: a limit: when its window began, and its uses. ARGV: 2 window, 3 uses to count (below 0: to take back). Returns
-- all uses.
local kept = redis.call('GET', KEYS[1])
local began, uses = NOW, 0
if kept then
  local first, second = string.match(kept, '^(%d+) (%d+)$')
  if tonumber(first) + ARGV[2] > NOW then
    began, uses = tonumber(first), tonumber(second)
  end
end
local count = tonumber(ARGV[3])
if count < 0 then
  count = -math.min(-count, uses)
end
if count ~= 0 then
  local value = string.format('%.0f %.0f', began, uses + count)
  redis.call('SET', KEYS[1], value, 'PX', string.format('%.0f', math.max(began + ARGV[2] - NOW, 1)))
end
return uses + count
