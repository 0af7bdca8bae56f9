-- uses: time words list
-- ARGV: 2 who builds the list (or empty), 3 {room, version, category, opened, joined, 1 if listed} of each, packed,
-- 4 how long tombs are kept, 5 and on their cards.
if ARGV[2] ~= '' and string.match(call('GET', KEYS[6]) or '', '^%d+ (%w+)$') == ARGV[2] then
  call('SET', KEYS[6], whole(NOW + 5000) .. ' ' .. ARGV[2], 'PX', 5000)
end
local generation = tonumber(call('HGET', KEYS[1], 'g') or 0)

-- Give a room its new names in place of its old ones: of four, those by the number of users change, mostly.
local function rename(room, old, new)
  local before, after = old[6] == 1 and names(room, old) or {}, names(room, new)
  for number = 1, math.max(#before, #after) do
    if before[number] ~= after[number] then
      if before[number] then
        call('ZREM', KEYS[4], before[number])
      end
      if after[number] then
        call('ZADD', KEYS[4], 0, after[number])
      end
    end
  end
end

-- Bring one entry up to date; say whether anybody can see that.
local function put(entry, card)
  local room = entry[1]
  local raw = call('HGET', KEYS[2], room)
  local old = raw and unpack_(raw) or {-1, generation, '', 0, 0, 0}
  if entry[2] <= old[1] then
    if old[2] ~= generation then
      old[2] = generation
      call('HSET', KEYS[2], room, pack(old))
    end
    return false
  end
  local new = {entry[2], generation, entry[3], entry[4], entry[5], card and 1 or 0}
  local moved = old[3] ~= new[3] or old[4] ~= new[4] or old[5] ~= new[5] or old[6] ~= new[6]
  local seen = moved or (card and call('HGET', KEYS[3], room) ~= card)
  if not card then
    take_off(room, old)
    call('HSET', KEYS[2], room, pack(new))
    bury(room)
    return seen
  end
  call('HSET', KEYS[2], room, pack(new))
  if seen then
    call('HSET', KEYS[3], room, card)
  end
  if moved then
    rename(room, old, new)
  end
  if old[6] == 0 then
    call('ZREM', KEYS[5], room)
  end
  return seen
end

local seen = false
for number, entry in ipairs(unpack_(ARGV[3])) do
  seen = put(entry, entry[6] == 1 and ARGV[4 + number]) or seen
end
for _, old in ipairs(call('ZRANGEBYSCORE', KEYS[5], '-inf', whole(NOW - ARGV[4]), 'LIMIT', 0, 50)) do
  call('HDEL', KEYS[2], old)
  call('ZREM', KEYS[5], old)
end
if seen then
  call('HINCRBY', KEYS[1], 'v', 1)
end
return 1
