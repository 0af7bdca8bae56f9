-- uses: time bucket verify feeds
-- Returns epoch, offset and rev of a channel, and room and record by turns; an empty epoch when there is none.
local epoch = Feeds.epoch()
if epoch == '' then
  return {''}
end
return {epoch, tonumber(Feeds.fact(CHANNEL.offset)), tonumber(Feeds.fact(CHANNEL.rev)), call('HGETALL', KEYS.state)}
