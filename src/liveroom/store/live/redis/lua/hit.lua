-- uses: time awaited
-- Counts uses against limits. Returns all uses of each.
-- KEYS.limits: when its window began, and its uses. ARGV.uses: by turns, for each limit, its window and the uses to
-- count (below 0: to take back).
local counted, at = {}, ARG.uses
for number = KEY.limits, #KEYS do
  local window, count = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  at = at + 2
  local kept = call('GET', KEYS[number])
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
    local value, left = string.format('%.0f %.0f', began, uses + count), math.max(began + window - NOW, 1)
    call('SET', KEYS[number], value, 'PX', whole(left))
  end
  counted[number] = uses + count
end
return counted
