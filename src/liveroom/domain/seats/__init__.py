"""Seats: link-mic, applications and invitations. Values and rules."""
