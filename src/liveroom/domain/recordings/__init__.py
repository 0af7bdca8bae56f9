"""Recordings of broadcasts: who records what, how far it is, and which files came of it. Values and rules."""
