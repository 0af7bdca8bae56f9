"""Statements about connected rooms."""
