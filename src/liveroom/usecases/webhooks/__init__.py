"""Webhooks: delivering events to operators' servers. Use cases."""
