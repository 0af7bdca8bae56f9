-- uses: time common verify feed
-- Returns epoch, offset and rev of a channel, and room and record by turns; an empty epoch when there is none.
local epoch = channel_epoch()
if epoch == '' then
  return {''}
end
return {epoch, tonumber(fact(CHANNEL.offset)), tonumber(fact(CHANNEL.rev)), call('HGETALL', KEYS.told)}
