"""Uploads: declared methods."""
