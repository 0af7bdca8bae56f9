-- Sets ARGV.bits in half of a filter, which is kept for ARGV.lasts ms from now.
for at = ARG.bits, #ARGV do
  call('SETBIT', KEYS.half, ARGV[at], 1)
end
call('PEXPIRE', KEYS.half, ARGV.lasts)
