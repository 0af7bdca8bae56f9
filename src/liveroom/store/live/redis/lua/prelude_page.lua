-- Pages say which state of the list they show: the epoch and the rev.
local TOKEN = call('HGET', KEYS[1], 'e') .. ':' .. (call('HGET', KEYS[1], 'v') or '0')

local function cards_of(rooms)
  local cards = {}
  for first = 1, #rooms, 1000 do
    for _, card in ipairs(call('HMGET', KEYS[3], unpack(rooms, first, math.min(first + 999, #rooms)))) do
      if card then
        cards[#cards + 1] = card
      end
    end
  end
  return table.concat(cards, ','), #cards
end
