"""Puts the program together: chooses backends, builds the use cases, runs the background work, serves HTTP and sockets.

``backends`` is the only place that knows which stores there are; ``assembly`` reads from top to bottom as the
architecture.
"""
