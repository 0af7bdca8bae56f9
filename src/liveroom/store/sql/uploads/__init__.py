"""Uploads: statements."""
