"""Settlements and statements, as they are stored."""
