-- uses: bucket
-- Erases a user from the newest messages of a room: what they said goes, and ARGV.pseudonym takes their place.
for _, packed in ipairs(call('ZRANGE', KEYS.said, 0, -1)) do
  local row = unpack_(packed)
  if row[MESSAGE.user] == ARGV.user or row[MESSAGE.recalled_by] == ARGV.user then
    if row[MESSAGE.user] == ARGV.user then
      row[MESSAGE.user], row[MESSAGE.name], row[MESSAGE.avatar] = ARGV.pseudonym, '', ''
      row[MESSAGE.text], row[MESSAGE.data] = '', ''
      row[MESSAGE.reply_to], row[MESSAGE.mentions] = nil, nil
    end
    if row[MESSAGE.recalled_by] == ARGV.user then
      row[MESSAGE.recalled_by] = ARGV.pseudonym
    end
    call('ZREM', KEYS.said, packed)
    call('ZADD', KEYS.said, whole(row[MESSAGE.number]), pack(row))
  end
end
return 1
