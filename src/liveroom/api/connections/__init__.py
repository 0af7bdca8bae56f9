"""Methods about connected rooms."""
