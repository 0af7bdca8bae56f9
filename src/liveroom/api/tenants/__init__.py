"""Tenants: apps, with their keys, secrets and quotas. Methods and shapes."""
