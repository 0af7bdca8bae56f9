"""Uploads: where files are kept, and how they are checked."""
