-- uses: time bucket verify feeds
-- Returns epoch, offset and publications of a channel; an empty epoch when there is none.
-- ARGV: after: which offset; with reverse (1), before which, newest first (0: from the newest).
local epoch, entries = Feeds.epoch(), nil
if epoch == '' then
  return {''}
end
if ARGV.reverse == '1' then
  local last = ARGV.after == '0' and '+' or '(' .. ARGV.after .. '-1'
  entries = call('XREVRANGE', KEYS.publications, last, '-', 'COUNT', ARGV.most)
else
  entries = call('XRANGE', KEYS.publications, '(' .. ARGV.after .. '-1', '+', 'COUNT', ARGV.most)
end
return {epoch, tonumber(Feeds.fact(CHANNEL.offset)), Feeds.publications_of(entries)}
