"""Gifts that the operator's own wallet pays for. Use cases."""
