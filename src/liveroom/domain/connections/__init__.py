"""Live rooms that are connected with each other."""
