"""Singing together: the catalogue of songs, and the queue of a room."""
