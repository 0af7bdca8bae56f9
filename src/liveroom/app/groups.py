"""Groups of use cases: each is wired in a file of its own, and is a field of ``app.services.Services``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """Use cases of one part of the service; handlers are given them as if they were fields of ``Services``."""
