"""The statements of pushed streams."""
