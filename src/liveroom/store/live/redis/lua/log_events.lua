-- Appends events to the stream of the log, all or none, in order. Returns how many.
-- ARGV: most: how many the stream keeps, about. events: by turns id, type, subject, the event as JSON.
for at = ARG.events, #ARGV, 4 do
  call('XADD', KEYS.stream, 'MAXLEN', '~', ARGV.most, '*',
    'id', ARGV[at], 'type', ARGV[at + 1], 'subject', ARGV[at + 2], 'event', ARGV[at + 3])
end
return (#ARGV - 1) / 4
