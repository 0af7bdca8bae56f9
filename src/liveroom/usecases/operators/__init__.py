"""Operators of the installation: how they sign in to the console, and what they may do."""
