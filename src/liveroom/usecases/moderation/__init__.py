"""Moderation: bans, mutes, reports, and the audit. Use cases."""
