"""How Hypothesis plays against servers: as slow as they are, and with nothing kept from one run to the next."""

from typing import Any

from hypothesis import HealthCheck, settings


def many(examples: int, **more: Any) -> settings:
    """Return settings for so many examples, however long each takes."""
    return settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), **more
    )
