-- Pages of a list say which state of it they show: its epoch and rev.
Pages.TOKEN = call('HGET', KEYS.facts, LIST.epoch) .. ':' .. (call('HGET', KEYS.facts, LIST.rev) or '0')

-- The cards of rooms, joined, and how many there are.
function Pages.cards_of(rooms)
  local cards = {}
  for first = 1, #rooms, 1000 do
    for _, card in ipairs(call('HMGET', KEYS.cards, unpack(rooms, first, math.min(first + 999, #rooms)))) do
      if card then
        cards[#cards + 1] = card
      end
    end
  end
  return table.concat(cards, ','), #cards
end
