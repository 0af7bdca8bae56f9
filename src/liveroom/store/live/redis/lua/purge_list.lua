-- uses: time words list
-- ARGV: 2 cursor, 3 how many. Takes off what nobody has put since the list was lost; returns the next cursor.
local generation = tonumber(call('HGET', KEYS[1], 'g') or 0)
local answer = call('HSCAN', KEYS[2], ARGV[2], 'COUNT', ARGV[3])
for number = 1, #answer[2], 2 do
  local room, row = answer[2][number], unpack_(answer[2][number + 1])
  if row[2] ~= generation and row[6] == 1 then
    take_off(room, row)
    bury(room)
    call('HSET', KEYS[2], room, pack(row))
  end
end
return answer[1]
