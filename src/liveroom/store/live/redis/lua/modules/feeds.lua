-- The channel of a category of a tenant's list.
--
-- KEYS.facts: of the list (LIST). KEYS.channel: CHANNEL. KEYS.state: room -> what was published of it last.
--   KEYS.publications: a stream whose ids are <offset>-1.
-- ARGV: who: the process that asks. lease: how long a claim to produce the channel lasts. unheard: for how long a
-- channel is kept to which nobody listens.
function Feeds.fact(field)
  return call('HGET', KEYS.channel, field)
end

-- The channel's epoch. A channel ends with its list, and when nobody has listened for long.
function Feeds.epoch()
  local claimed_until = tonumber(Feeds.fact(CHANNEL.claimed_until) or 0)
  local is_of_list = Feeds.fact(CHANNEL.list_epoch) == call('HGET', KEYS.facts, LIST.epoch)
  return is_of_list and NOW - claimed_until <= tonumber(ARGV.unheard) and Feeds.fact(CHANNEL.epoch) or ''
end

function Feeds.is_free()
  return Feeds.fact(CHANNEL.who) == ARGV.who or tonumber(Feeds.fact(CHANNEL.claimed_until) or 0) <= NOW
end

function Feeds.claim()
  call('HSET', KEYS.channel, CHANNEL.who, ARGV.who, CHANNEL.claimed_until, whole(NOW + ARGV.lease))
  call('PEXPIRE', KEYS.channel, ARGV.lease + ARGV.unheard)
  call('PEXPIRE', KEYS.state, ARGV.lease + ARGV.unheard)
  call('PEXPIRE', KEYS.publications, ARGV.lease + ARGV.unheard)
end

function Feeds.publications_of(entries)
  local found = {}
  for number, entry in ipairs(entries) do
    found[number] = entry[STREAM_ENTRY.fields][STREAM_FIELD.value]
  end
  return found
end
