"""Battles between connected rooms: inviting, matching, counting, ending."""
