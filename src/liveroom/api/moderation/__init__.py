"""Moderation: bans, mutes, reports, and the audit. Methods and shapes."""
