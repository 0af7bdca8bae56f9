"""Agencies: made by the operator, joined by hosts."""
