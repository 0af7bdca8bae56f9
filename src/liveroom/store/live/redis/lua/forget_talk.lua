-- uses: common
-- KEYS: 1 facts, 2 said. ARGV: 1 user, 2 the pseudonym that takes their place; what they said goes.
for _, packed in ipairs(call('ZRANGE', KEYS[2], 0, -1)) do
  local row = unpack_(packed)
  if row[6] == ARGV[1] or row[15] == ARGV[1] then
    if row[6] == ARGV[1] then
      row[6], row[7], row[8], row[12], row[13] = ARGV[2], '', '', '', ''
    end
    row[15] = row[15] == ARGV[1] and ARGV[2] or row[15]
    call('ZREM', KEYS[2], packed)
    call('ZADD', KEYS[2], whole(row[4]), pack(row))
  end
end
return 1
