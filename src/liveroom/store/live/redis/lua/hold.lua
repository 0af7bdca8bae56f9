-- uses: claimed
-- KEYS[1]: a claim, which goes on for its whole time.
return 1
