"""Tenants: apps, with their keys, secrets and quotas. Values and rules."""
