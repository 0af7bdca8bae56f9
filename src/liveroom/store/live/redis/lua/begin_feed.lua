-- uses: time bucket verify feeds
-- Begins an epoch of a channel. Returns 1 when it has begun.
-- ARGV: known: the epoch that the caller knows (or ''). epoch: the new one. list_epoch, rev: of the list. state: room
-- and record by turns.
local known = Feeds.epoch()
local is_of_list = call('HGET', KEYS.facts, LIST.epoch) == ARGV.list_epoch
if known ~= ARGV.known or not is_of_list or (ARGV.known ~= '' and not Feeds.is_free()) then
  return 0
end
call('DEL', KEYS.channel, KEYS.state, KEYS.publications)
call(
  'HSET', KEYS.channel, CHANNEL.epoch, ARGV.epoch, CHANNEL.list_epoch, ARGV.list_epoch, CHANNEL.offset, 0,
  CHANNEL.rev, ARGV.rev
)
for at = ARG.state, ARG.run_id - 1, 2 do
  call('HSET', KEYS.state, ARGV[at], ARGV[at + 1])
end
Feeds.claim()
return 1
