"""Methods about battles."""
