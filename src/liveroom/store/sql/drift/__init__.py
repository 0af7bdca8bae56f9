"""Drift: where one place says otherwise than another. Rows."""
