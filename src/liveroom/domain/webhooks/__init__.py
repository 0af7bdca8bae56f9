"""Webhooks: delivering events to operators' servers. Values and rules."""
