-- KEYS[1]: half of a filter. ARGV: 1 for how many milliseconds it is kept from now, then bits.
for number = 2, #ARGV do
  redis.call('SETBIT', KEYS[1], ARGV[number], 1)
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
