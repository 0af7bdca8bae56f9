"""Follows: who follows whom, and who has blocked whom. Use cases."""
