"""Importing: taking over the original service's database. Statements."""
