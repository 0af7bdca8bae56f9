"""Rooms and their broadcasts: opening, entering, options, lists. Methods and shapes."""
