-- uses: claimed
-- Lets a claim go on for its whole time.
return 1
