"""Moderation: bans, mutes, reports, and the audit. Values and rules."""
