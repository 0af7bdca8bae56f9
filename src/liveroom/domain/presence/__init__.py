"""Presence: who is online, and in which room. Values and rules."""
