"""The say over LiveKit's rooms, by its room service (Twirp): LIVEKIT.md."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import NOTHING, Publishes
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Clock
from liveroom.providers.livekit.tokens import sign, sources
from liveroom.providers.outgoing import Outgoing

_LIFE: Final = timedelta(minutes=5)
_NOT_FOUND: Final = "not_found"
_ACCESS: Final = frozenset({"unauthenticated", "permission_denied"})
_REFUSED: Final = frozenset({"invalid_argument", "malformed", "bad_route", "unimplemented", "out_of_range"})
_KEYS: Final = "compare LIVEROOM_LIVEKIT_KEY and LIVEROOM_LIVEKIT_SECRET with the server's"
_OK: Final = 200


class LivekitControl:
    """``ports.RtcControl``, of one server for all tenants, whose room ids differ."""

    def __init__(self, outgoing: Outgoing, clock: Clock, *, url: str, key: str, secret: str) -> None:
        self.outgoing = outgoing
        self._clock = clock
        self._service = f"{_as_http(url).rstrip('/')}/twirp/livekit.RoomService/"
        self._key = key
        self._secret = secret

    async def hang_up(self) -> None:
        """Let the connections go."""
        await self.outgoing.close()

    async def remove(self, tenant: Tenant, room: RoomId, user: UserId) -> None:
        grant = {"roomAdmin": True, "room": room}
        await self._call("RemoveParticipant", {"room": room, "identity": user}, grant)

    async def set_permissions(self, tenant: Tenant, room: RoomId, user: UserId, publishes: Publishes) -> None:
        """Change what the participant may send: what they send and may not any more, LiveKit ends."""
        permission = {
            "canSubscribe": True,
            "canPublish": publishes.anything,
            "canPublishData": publishes.anything,
            "canPublishSources": [source.upper() for source in sources(publishes)],
        }
        said = {"room": room, "identity": user, "permission": permission}
        await self._call("UpdateParticipant", said, {"roomAdmin": True, "room": room})

    async def silence(self, tenant: Tenant, room: RoomId, user: UserId) -> None:
        await self.set_permissions(tenant, room, user, NOTHING)

    async def close(self, tenant: Tenant, room: RoomId) -> None:
        await self._call("DeleteRoom", {"room": room}, {"roomCreate": True, "roomAdmin": True, "room": room})

    async def check(self, tenant: Tenant) -> None:
        """Return when the key was accepted; changes nothing there."""
        await self._call("ListRooms", {"names": ["liveroom-doctor"]}, {"roomList": True})

    async def _call(self, method: str, said: Mapping[str, Any], grant: Mapping[str, Any]) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token(grant)}"}
        status, body = await self.outgoing.post(self._service + method, msgspec.json.encode(said), headers)
        if status != _OK:
            _judge(method, status, str(body.get("code", "")))

    def _token(self, grant: Mapping[str, Any]) -> str:
        return sign(self._key, self._secret, {"video": grant}, self._clock.now(), _LIFE)


def _as_http(url: str) -> str:
    """Return where the server's API is: beside its socket."""
    return f"http{url.removeprefix('ws')}" if url.startswith("ws") else url


def _judge(method: str, status: int, code: str) -> None:
    """Raise the failure that an answer is, unless it only says that there was nothing to do."""
    if code == _NOT_FOUND:
        return
    text = f"LiveKit refuses ({method}: {code or status})"
    if code in _ACCESS or status in (401, 403):
        raise VendorFailure(Trouble.ACCESS, f"{text}: {_KEYS}", code=code)
    if code in _REFUSED:
        raise VendorFailure(Trouble.SUBJECT, f"{text}: is LIVEROOM_LIVEKIT_URL a LiveKit server?", code=code)
    if status >= 500 or status == 429:
        raise VendorFailure(Trouble.BUSY, f"LiveKit is busy ({method}: {code or status})", code=code, in_doubt=True)
    raise VendorFailure(Trouble.UNKNOWN, text, code=code)
