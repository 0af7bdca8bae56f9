-- Appends events to the stream of the log, all or none, in order.
-- KEYS: 1 the stream
-- ARGV: 1 how many are kept, about; then for each event: id, type, subject, the event as JSON
for at = 2, #ARGV, 4 do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*',
    'id', ARGV[at], 'type', ARGV[at + 1], 'subject', ARGV[at + 2], 'event', ARGV[at + 3])
end
return (#ARGV - 1) / 4
