"""Battles between connected rooms."""
