"""Recordings of broadcasts. Methods and shapes."""
