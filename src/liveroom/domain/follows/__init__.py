"""Follows: who follows whom, and who has blocked whom. Rules and values."""
