"""Methods about pushed streams."""
