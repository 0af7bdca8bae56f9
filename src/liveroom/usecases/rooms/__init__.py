"""Rooms and their broadcasts: opening, entering, options, lists. Use cases."""
