"""Drift: where one place says otherwise than another. Methods and shapes."""
