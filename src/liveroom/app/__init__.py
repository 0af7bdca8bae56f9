"""Puts the program together: chooses backends, builds the use cases, runs the background work, opens the doors.

``backends`` is the only place that knows which stores there are; ``assembly`` reads from top to bottom as the
architecture.
"""
