"""Statements about battles."""
