"""LiveKit's ingress (STREAMS.md 5): it keeps the addresses itself, and puts a stream into a room as a participant.

So viewers watch it as they watch everybody in the room, and have no address. What ingresses there are needs Redis
beside LiveKit; what is pushed to them, LiveKit's ingress workers.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import (
    INGRESS_IDENTITY,
    LiveStream,
    LiveStreams,
    PlayAddress,
    PushAddress,
    PushKey,
    PushProtocol,
    PushSession,
    StreamName,
    StreamServerKind,
)
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Clock
from liveroom.providers.callbacks import moment, part, rows, sentence, text, whole
from liveroom.providers.livekit.twirp import LivekitService
from liveroom.providers.streams.addresses import stream_name
from liveroom.providers.streams.server_api import PAGES_MAX, bounded

_ADMIN: Final = {"ingressAdmin": True}
_INPUTS: Final = {PushProtocol.RTMP: "RTMP_INPUT", PushProtocol.WHIP: "WHIP_INPUT"}
_PUBLISHING: Final = "ENDPOINT_PUBLISHING"
_URL_MAX: Final = 1024


class LivekitIngress:
    """``ports.StreamServer``. Keys are LiveKit's own and never expire there: it is told to take them no longer."""

    kind: Final = StreamServerKind.LIVEKIT

    def __init__(self, ingress: LivekitService, rooms: LivekitService, clock: Clock) -> None:
        self._ingress = ingress
        self._rooms = rooms
        self._clock = clock

    async def push_addresses(self, name: StreamName, key: PushKey, *, room: RoomId) -> Sequence[PushAddress]:
        for former in await self._of(name):
            await self._ingress.call("DeleteIngress", {"ingress_id": former["ingress_id"]}, _ADMIN)
        return [await self._made(name, room, protocol) for protocol in _INPUTS]

    def play_addresses(self, name: StreamName, viewer: UserId, expires: datetime) -> Sequence[PlayAddress]:
        """Return none: a viewer is in the room's media, where the stream is."""
        return []

    async def drop(self, name: StreamName, session: PushSession) -> None:
        """Take the stream out of its room, which ends the encoder's connection."""
        for one in await self._of(name):
            room = text(one.get("room_name"))
            if room and session in ("", ingress_session(part(one, "state"))):
                said = {"room": room, "identity": f"{INGRESS_IDENTITY}{name}"}
                await self._rooms.call("RemoveParticipant", said, {"roomAdmin": True, "room": room})

    async def forbid(self, name: StreamName, until: datetime | None) -> None:
        """Take no push at its addresses, however long: ``allow`` ends it."""
        await self._enable(name, enabled=False)

    async def allow(self, name: StreamName) -> None:
        await self._enable(name, enabled=True)

    async def live(self) -> LiveStreams:
        """Return what is pushed. A page that fails is a failure of the whole list."""
        streams = (self._stream(one) for one in await self._listed())
        return LiveStreams([stream for stream in streams if stream is not None], is_whole=True)

    async def _made(self, name: StreamName, room: RoomId, protocol: PushProtocol) -> PushAddress:
        said = {
            "input_type": _INPUTS[protocol],
            "name": name,
            "room_name": room,
            "participant_identity": f"{INGRESS_IDENTITY}{name}",
            "enabled": True,
        }
        made = await self._ingress.call("CreateIngress", said, _ADMIN)
        server, key = sentence(made.get("url"), _URL_MAX), text(made.get("stream_key"))
        if not server or not key:
            raise VendorFailure(Trouble.BUSY, "LiveKit made an ingress without an address", in_doubt=True)
        return PushAddress(protocol, f"{server.rstrip('/')}/{key}", server, key)

    async def _enable(self, name: StreamName, *, enabled: bool) -> None:
        for one in await self._of(name):
            await self._ingress.call("UpdateIngress", {"ingress_id": one["ingress_id"], "enabled": enabled}, _ADMIN)

    async def _of(self, name: StreamName) -> Sequence[Mapping[str, Any]]:
        return [one for one in await self._listed() if one.get("name") == name and text(one.get("ingress_id"))]

    async def _listed(self) -> Sequence[Mapping[str, Any]]:
        """Return all ingresses, on however many pages; where there is none, the list may be left out."""
        found: list[Mapping[str, Any]] = []
        asked: Mapping[str, Any] = {}
        for _ in range(PAGES_MAX):
            said = await self._ingress.call("ListIngress", asked, _ADMIN)
            if type(said.get("items", [])) is not list:
                break
            found += rows(said, "items")
            token = part(said, "next_page_token").get("token")
            if not token:
                return found
            asked = {"page_token": {"token": token}}
        raise VendorFailure(Trouble.BUSY, "LiveKit answered what cannot be read (ListIngress)")

    def _stream(self, said: Mapping[str, Any]) -> LiveStream | None:
        name, state = stream_name(said.get("name")), part(said, "state")
        session = ingress_session(state)
        if name is None or state.get("status") != _PUBLISHING or not session:
            return None
        video = part(state, "video")
        return LiveStream(
            name,
            session,
            moment(state.get("started_at"), self._clock.now()),
            bounded(whole(video.get("width"))),
            bounded(whole(video.get("height"))),
            bounded((whole(video.get("average_bitrate")) or 0) // 1000),
        )


def ingress_session(state: Mapping[str, Any]) -> PushSession:
    """Return which push a state is of, by the API's or the webhooks' spelling."""
    for word in ("resource_id", "resourceId", "started_at", "startedAt"):
        found = text(state.get(word))
        if found not in ("", "0"):
            return PushSession(found)
    return PushSession("")
