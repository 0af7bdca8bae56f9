"""Gifts: what users can send, what each costs and earns, and how it looks. Statements."""
