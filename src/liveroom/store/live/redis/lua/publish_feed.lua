-- uses: time bucket verify feeds
-- Publishes on a channel. Returns 1 when it was published.
-- ARGV: epoch, after: the position that it comes after. rev: of the list. most: how many publications are kept. gone:
-- how many rooms have gone. rooms: these, then room and record by turns.
if Feeds.epoch() ~= ARGV.epoch or Feeds.fact(CHANNEL.offset) ~= ARGV.after or Feeds.fact(CHANNEL.who) ~= ARGV.who then
  return 0
end
local offset, first_shown = whole(ARGV.after + 1), ARG.rooms + ARGV.gone
call('XADD', KEYS.publications, 'MAXLEN', ARGV.most, offset .. '-1', 'p', ARGV.publication)
for at = ARG.rooms, first_shown - 1 do
  call('HDEL', KEYS.state, ARGV[at])
end
for at = first_shown, ARG.run_id - 1, 2 do
  call('HSET', KEYS.state, ARGV[at], ARGV[at + 1])
end
call('HSET', KEYS.channel, CHANNEL.offset, offset, CHANNEL.rev, ARGV.rev, CHANNEL.published, whole(NOW))
Feeds.claim()
return 1
