"""Tenants: apps, with their keys, secrets and quotas. Statements."""
