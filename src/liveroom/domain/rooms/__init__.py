"""Rooms and their broadcasts: opening, entering, options, lists. Values and rules."""
