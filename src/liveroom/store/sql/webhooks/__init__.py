"""Webhooks: delivering events to operators' servers. Statements."""
