"""Statistics: what is counted of broadcasts and days, out of the stays of their members. Rules."""
