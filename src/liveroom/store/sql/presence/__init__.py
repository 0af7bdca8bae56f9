"""Presence: who is online, and in which room. Statements."""
