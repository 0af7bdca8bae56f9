"""Letting members into a room's media, and passing signals between them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import MemberNotFound, NotInRoom, PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import MediaPass, Participant, Signal, publishes
from liveroom.domain.presence.members import Role
from liveroom.domain.tenants.model import RtcKind
from liveroom.ports import Clock, Live, Rtc, UserMessages
from liveroom.usecases.rates import check_rate

SIGNALS: Final = 300
"""Signals of one user within ``WINDOW``: eight viewers who come at once ask a publisher for about a hundred."""
WINDOW: Final = timedelta(seconds=10)


class MediaAdmission(NamedTuple):
    """A member's role, and what lets them in."""

    role: Role
    media: MediaPass


@dataclass(frozen=True, slots=True)
class Media:
    """What members do about audio and video."""

    live: Live
    clock: Clock
    user_messages: UserMessages
    providers: Mapping[RtcKind, Rtc]
    default: RtcKind

    async def admit(self, actor: Actor, room: RoomId) -> MediaAdmission:
        """Return what lets the actor into the room's media. Raises ``NotInRoom``, ``ProviderUnavailable``."""
        member = await self.live.member(room, actor.user)
        if member is None:
            raise NotInRoom
        provider = self.providers[actor.tenant.rtc or self.default]
        participant = Participant(actor.tenant, actor.user, member.name, room, publishes(member))
        return MediaAdmission(member.role, provider.admit(participant, self.clock.now()))

    async def signal(self, actor: Actor, room: RoomId, to: UserId, payload: bytes) -> None:
        """Pass a signal to another member; one who is not connected misses it.

        Raises ``NotInRoom``, ``MemberNotFound``, ``PermissionDenied`` where neither of them has anything to send,
        ``RateLimited``.
        """
        await check_rate(self.live, f"signal:{actor.user}", limit=SIGNALS, window=WINDOW)
        sender, receiver = await asyncio.gather(self.live.member(room, actor.user), self.live.member(room, to))
        if sender is None:
            raise NotInRoom
        if receiver is None:
            raise MemberNotFound
        if not (publishes(sender).anything or publishes(receiver).anything):
            raise PermissionDenied("neither of the two may publish")
        await self.user_messages.send_signal(to, Signal(room, actor.user, self.clock.now(), payload))
