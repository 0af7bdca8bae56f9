"""Media between connected rooms: members of one receive the owners of the others, as guests who publish nothing there.

A guest is let in, and signals pass, as long as the connection stands; whoever is in a media room stays there by the
provider's rules, and leaves by the client's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.connections.model import ConnectedRoom
from liveroom.domain.errors import MemberNotFound, NotInRoom, PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import NOTHING, MediaPass, Participant, publishes
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.model import present_room
from liveroom.domain.tenants.model import RtcKind
from liveroom.ports import Clock, Live, Rtc


class GuestPass(NamedTuple):
    """What lets a member of one room receive another one's owner."""

    host: ConnectedRoom
    media: MediaPass


@dataclass(frozen=True, slots=True)
class ConnectedMedia:
    """Lets members of connected rooms into each other's media."""

    live: Live
    clock: Clock
    providers: Mapping[RtcKind, Rtc]
    default: RtcKind

    async def admit(self, actor: Actor, room: RoomId) -> Sequence[GuestPass]:
        """Return what lets the actor into the media of each room that theirs is connected with.

        Raises ``RoomNotFound``, ``NotInRoom``, ``ProviderUnavailable``.
        """
        found = present_room(await self.live.room(room), actor.tenant.name)
        member = await self.live.member(room, actor.user)
        if member is None:
            raise NotInRoom
        if (connection := found.options.connection) is None:
            return []
        provider, now = self.providers[actor.tenant.rtc or self.default], self.clock.now()
        return [
            GuestPass(host, provider.admit(Participant(actor.tenant, actor.user, member.name, host.room, NOTHING), now))
            for host in connection.rooms
            if host.room != room
        ]


async def check_guest(
    live: Live, room: RoomId, *, sender: tuple[UserId, Member | None], receiver: tuple[UserId, Member | None]
) -> None:
    """Let one of two be a guest: in a room that is connected with this one, in which the other may publish.

    Raises ``NotInRoom``, ``MemberNotFound``, ``PermissionDenied``.
    """
    user, guest = sender if sender[1] is None else receiver
    failure = NotInRoom if sender[1] is None else MemberNotFound
    inside = receiver[1] if sender[1] is None else sender[1]
    if guest is not None or inside is None or not await is_guest(live, room, user):
        raise failure
    if not publishes(inside).anything:
        raise PermissionDenied("the member of the room may not publish there")


async def is_guest(live: Live, room: RoomId, user: UserId) -> bool:
    """Say whether somebody is in a room that is connected with this one."""
    found = await live.room(room)
    connection = None if found is None else found.options.connection
    return connection is not None and any(entry.room in connection.others(room) for entry in await live.entries(user))


async def may_be_there(live: Live, room: RoomId, user: UserId) -> bool:
    """Say whether somebody may be in a room's media: as a member of it, or of a room that is connected with it."""
    return await live.member(room, user) is not None or await is_guest(live, room, user)
