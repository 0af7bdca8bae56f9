"""Seats: link-mic, applications and invitations. Use cases."""
