"""Load and measurements: what `liveroom bench` puts on a service, and the table of docs/performance.md.

Nothing here is part of a running service. The load goes over HTTP as apps send it.
"""
