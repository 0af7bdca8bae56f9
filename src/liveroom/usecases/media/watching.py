"""Looking into a room's media unseen, for operators: a hidden participant where the provider has such a thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import NOTHING, IceServer, LivekitPass, MeshPass, Participant
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import present_room
from liveroom.domain.tenants.model import RtcKind, Tenant
from liveroom.ports import Clock, Live, Rtc
from liveroom.usecases.media.watchers import Watchers

_TURN: Final = ("turn:", "turns:")


class Watched(NamedTuple):
    """What lets an operator in."""

    media: LivekitPass | MeshPass
    identity: str
    """Whom LiveKit knows as the participant; with a mesh, to whom members send their signals."""


@dataclass(frozen=True, slots=True)
class MediaWatching:
    """Lets operators in."""

    live: Live
    clock: Clock
    providers: Mapping[RtcKind, Rtc]
    default: RtcKind
    watchers: Watchers

    def provider(self, tenant: Tenant) -> RtcKind:
        """Return who carries the media of a tenant's rooms."""
        return tenant.rtc or self.default

    async def admit(self, operator: Operator, room: RoomId, *, turn_only: bool) -> Watched:
        """Return credentials for a live room of the operator's tenant.

        Raises ``RoomNotFound``, ``PermissionDenied`` where nobody can look in unseen, ``ProviderUnavailable``.
        """
        present_room(await self.live.room(room), operator.tenant.name)
        kind = self.provider(operator.tenant)
        if kind is RtcKind.TRTC:
            raise PermissionDenied("TRTC has no hidden viewer")
        identity = f"watcher:{operator.actor}" if kind is RtcKind.LIVEKIT else "watcher"
        asking = Participant(operator.tenant, UserId(identity), "", room, NOTHING, hidden=True)
        found = self.providers[kind].admit(asking, self.clock.now())
        if isinstance(found, LivekitPass):
            return Watched(found, identity)
        if not isinstance(found, MeshPass):
            raise PermissionDenied
        relays = tuple(server for server in found.ice_servers if _relays(server))
        if not turn_only or not relays:
            raise PermissionDenied("the host's browser would learn the operator's address: turnOnly, and a TURN server")
        name, until = self.watchers.name(operator, room)
        return Watched(MeshPass(until, relays), name)


def _relays(server: IceServer) -> bool:
    return all(url.startswith(_TURN) for url in server.urls)
