"""Recordings of broadcasts. Statements."""
