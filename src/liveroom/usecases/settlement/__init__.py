"""Settling periods, statements, and computing them anew."""
