"""Uploads: what users upload, checked and published. Use cases."""
