"""Recordings of broadcasts: starting, following, ending and deleting them. Use cases."""
