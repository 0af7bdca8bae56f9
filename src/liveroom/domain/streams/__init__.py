"""Streams that a server outside takes from an encoder (OBS) and plays to everybody."""
