"""Connecting live rooms."""
