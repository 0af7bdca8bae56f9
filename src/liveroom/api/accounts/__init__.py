"""Accounts: who users are, and how they sign in. Methods and shapes."""
