"""Importing: taking over the original service's database. Values and rules."""
