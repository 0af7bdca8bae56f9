"""Servers that take pushed streams (STREAMS.md 1 to 5): for each its addresses and its API, and how it calls us."""
