"""Drift: where one place says otherwise than another. Values and rules."""
