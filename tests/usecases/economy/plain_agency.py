"""An agency as plain rules say it: who is with it, and until when."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class PlainAgency:
    """One agency."""

    hosts: dict[int, datetime | None] = field(default_factory=dict)
    """Until when somebody is with it, or was; None: for ever."""
    is_closed: bool = False

    def has(self, user: int, now: datetime) -> bool:
        """Say whether it has a share of what somebody is sent."""
        return user in self.hosts and ((ends := self.hosts[user]) is None or ends > now)

    def join(self, user: int, now: datetime) -> str:
        """Invite somebody, who accepts: whoever is with it stays so, for as long as they would have been."""
        if self.is_closed:
            return "AgencyNotFound"
        if self.has(user, now):
            return "repeated"
        self.hosts[user] = None
        return "done"

    def leave(self, user: int, now: datetime, ends: datetime) -> str:
        """Let somebody leave, once the notice is over."""
        if not self.has(user, now):
            return "AgencyNotJoined"
        if self.hosts[user] is not None:
            return "repeated"
        self.hosts[user] = ends
        return "done"

    def dismiss(self, user: int, now: datetime) -> str:
        """Let somebody go at once; again changes nothing."""
        if user not in self.hosts:
            return "AgencyNotJoined"
        self.hosts[user] = min(self.hosts[user] or now, now)
        return "done"

    def close(self, now: datetime) -> None:
        """Let everybody go, for good."""
        self.is_closed = True
        for user in self.hosts:
            self.dismiss(user, now)
