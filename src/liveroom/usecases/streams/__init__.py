"""Streams that encoders push."""
