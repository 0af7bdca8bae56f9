"""Operators, and the console in which they are signed in."""
