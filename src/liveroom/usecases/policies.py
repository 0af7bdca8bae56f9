"""Which host policy a category has, and who may host in it: the operator's choice."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from liveroom.domain.rooms import HostPolicy


@dataclass(frozen=True, slots=True)
class Policies:
    """Host policies by category."""

    by_category: Mapping[str, HostPolicy] = field(default_factory=dict)
    anyone_hosts: bool = True
    """In categories of policy ``hosts`` anyone may come as anchor."""

    def of(self, category: str) -> HostPolicy:
        """Return the category's policy: ``owner`` unless it is set."""
        return self.by_category.get(category, HostPolicy.OWNER)
