"""Operators: their sessions, and the overview that they see."""
