"""The seams of media: who lets members into audio and video, and how a signal or an announcement reaches a user."""

from datetime import datetime
from typing import Protocol

from liveroom.domain.events.model import Announcement
from liveroom.domain.ids import UserId
from liveroom.domain.media.model import MediaPass, Participant, Signal


class Rtc(Protocol):
    """A media provider. What it hands out is made here, without asking anybody."""

    def admit(self, participant: Participant, now: datetime) -> MediaPass:
        """Let a member in, to do what their role may; raises ``ProviderUnavailable`` when it is not set up for them."""


class UserMessages(Protocol):
    """Sends messages to the connections of one user, wherever they are. Raises ``Unavailable``."""

    async def send_signal(self, user: UserId, signal: Signal) -> None:
        """Send at most once to each, one user's signals in the order of the calls; nobody connected is no failure."""

    async def announce(self, user: UserId, at: datetime, announcement: Announcement) -> None:
        """Send at most once to each, in the order of the calls, signals included."""
