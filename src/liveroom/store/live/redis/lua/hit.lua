-- uses: time awaited
-- KEYS: limits, each when its window began, and its uses. ARGV: from 2 on, for each limit, its window and the uses to
-- count (below 0: to take back). Returns all uses of each.
local counted = {}
for number = 1, #KEYS do
  local window, count = tonumber(ARGV[2 * number]), tonumber(ARGV[2 * number + 1])
  local kept = redis.call('GET', KEYS[number])
  local began, uses = NOW, 0
  if kept then
    local first, second = string.match(kept, '^(%d+) (%d+)$')
    if tonumber(first) + window > NOW then
      began, uses = tonumber(first), tonumber(second)
    end
  end
  if count < 0 then
    count = -math.min(-count, uses)
  end
  if count ~= 0 then
    local value = string.format('%.0f %.0f', began, uses + count)
    redis.call('SET', KEYS[number], value, 'PX', string.format('%.0f', math.max(began + window - NOW, 1)))
  end
  counted[number] = uses + count
end
return counted
