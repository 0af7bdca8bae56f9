"""Accounts: who users are, and how they sign in. Use cases."""
