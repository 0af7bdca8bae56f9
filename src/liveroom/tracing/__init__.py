"""Traces by OpenTelemetry: what calls, scripts, statements, messages and publications tell of themselves.

Each part of the program that is worth a span has a second class here, which takes its place while ``LIVEROOM_TRACES``
is on (``app/tracing.py``). While it is off nothing here is imported, and nothing on the way of a call asks for it.
"""
