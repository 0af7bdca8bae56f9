"""Accounts: who users are, and how they sign in. Values and rules."""
