"""The say over LiveKit's rooms, by its room service (Twirp): LIVEKIT.md."""

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import NOTHING, Publishes
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock
from liveroom.providers.livekit.tokens import sources
from liveroom.providers.livekit.twirp import LivekitService
from liveroom.providers.outgoing import Outgoing


class LivekitControl:
    """``ports.RtcControl``, of one server for all tenants, whose room ids differ."""

    def __init__(self, outgoing: Outgoing, clock: Clock, *, url: str, key: str, secret: str) -> None:
        self._service = LivekitService("RoomService", outgoing, clock, url=url, key=key, secret=secret)

    async def hang_up(self) -> None:
        """Let the connections go."""
        await self._service.hang_up()

    async def remove(self, tenant: Tenant, room: RoomId, user: UserId) -> None:
        grant = {"roomAdmin": True, "room": room}
        await self._service.call("RemoveParticipant", {"room": room, "identity": user}, grant)

    async def set_permissions(self, tenant: Tenant, room: RoomId, user: UserId, publishes: Publishes) -> None:
        """Change what the participant may send: what they send and may not any more, LiveKit ends."""
        permission = {
            "canSubscribe": True,
            "canPublish": publishes.anything,
            "canPublishData": publishes.anything,
            "canPublishSources": [source.upper() for source in sources(publishes)],
        }
        said = {"room": room, "identity": user, "permission": permission}
        await self._service.call("UpdateParticipant", said, {"roomAdmin": True, "room": room})

    async def silence(self, tenant: Tenant, room: RoomId, user: UserId) -> None:
        await self.set_permissions(tenant, room, user, NOTHING)

    async def close(self, tenant: Tenant, room: RoomId) -> None:
        await self._service.call("DeleteRoom", {"room": room}, {"roomCreate": True, "roomAdmin": True, "room": room})

    async def check(self, tenant: Tenant) -> None:
        """Return when the key was accepted; changes nothing there."""
        await self._service.call("ListRooms", {"names": ["liveroom-doctor"]}, {"roomList": True})
