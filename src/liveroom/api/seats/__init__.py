"""Seats: link-mic, applications and invitations. Methods and shapes."""
