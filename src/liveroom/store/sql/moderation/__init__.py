"""Moderation: bans, mutes, reports, and the audit. Statements."""
