"""Gifts: what they cost and earn, what is told of them, and who has sent the most. Rules and values."""
