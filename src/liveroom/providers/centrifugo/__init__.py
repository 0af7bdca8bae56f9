"""Centrifugo in front of the service: its server API, and the configuration that it needs (LIVE.md 8)."""
