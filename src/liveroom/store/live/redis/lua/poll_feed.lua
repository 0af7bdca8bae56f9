-- uses: time bucket verify feeds
-- Reads what is new on a channel, and claims to produce it if nobody does. Returns epoch, offset, rev of the list, 1 if
-- it is the caller's turn to publish, and publications after a known position; an empty epoch when there is none.
-- ARGV: least: the least time between two publications. epoch, after: the known position. most: how many publications.
local epoch, free = Feeds.epoch(), Feeds.is_free()
if epoch == '' then
  return {''}
end
if free then
  Feeds.claim()
end
local passed = NOW - (Feeds.fact(CHANNEL.published) or 0)
local turn = free and (passed < 0 or passed >= tonumber(ARGV.least))
local offset, found = tonumber(Feeds.fact(CHANNEL.offset)), {}
if epoch == ARGV.epoch and offset > tonumber(ARGV.after) then
  found = Feeds.publications_of(call('XRANGE', KEYS.publications, '(' .. ARGV.after .. '-1', '+', 'COUNT', ARGV.most))
end
return {epoch, offset, tonumber(call('HGET', KEYS.facts, LIST.rev) or 0), turn and 1 or 0, found}
