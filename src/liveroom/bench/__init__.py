"""The load of real apps: what `liveroom bench` puts on a service, over HTTP as apps send it, and what it counts.

Nothing here is part of a running service. What measures the project itself is in `tests/bench`.
"""
