"""Presence: who is online, and in which room. Methods and shapes."""
