"""Singing together: ``music/*``."""
