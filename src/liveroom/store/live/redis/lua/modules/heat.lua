-- How hot a room is (`domain.rooms.heat` has the same).
--
-- The room's field `heat`: when its heat is down to one.

-- Until when a room cools after something of this weight has happened. span: the half-life.
function Heat.warmed(cools, weight, span)
  if weight <= 0 then
    return cools
  end
  local has, new = math.max((cools - NOW) / span, -1000), math.log(weight) / math.log(2)
  local most = math.max(has, new)
  local warm = NOW + span * (most + math.log(2 ^ (has - most) + 2 ^ (new - most)) / math.log(2))
  return math.floor(warm * 1000 + 0.5) / 1000
end

-- As the room keeps it.
function Heat.text(cools)
  return string.format('%.3f', cools)
end
