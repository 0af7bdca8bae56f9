"""Who is in LiveKit's rooms: one call lists all rooms, one more each room of ours (LIVEKIT.md)."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from liveroom.domain.drift.media import MediaPerson
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import MediaListing, Rest
from liveroom.providers.livekit.twirp import LivekitService

LONGEST: Final = 8 * 1024 * 1024
"""Bytes of a list: some 20,000 rooms, or 13,000 participants. A longer one is a failure."""
_PEOPLE: Final = ("STANDARD", "SIP", 0, 3)
"""Kinds of participants that are people."""
_GONE: Final = ("DISCONNECTED", 3)
_PAUSE: Final = 0.005
"""Seconds after each room: no more than 200 calls a second."""
_FEW: Final = 8
"""So many of a room's users are asked for one by one, in parallel; for more the whole room is listed."""
T = TypeVar("T")


class _ListedRoom(msgspec.Struct):
    name: str = ""


class _ListedRooms(msgspec.Struct):
    """An answer without the list is none: nobody counts as gone by it."""

    rooms: list[_ListedRoom]


class _ListedPerson(msgspec.Struct):
    """What is read of somebody; LiveKit writes 64-bit numbers as texts."""

    sid: str = ""
    identity: str = ""
    state: str | int = 0
    joined_at: str | int = 0
    kind: str | int = 0
    tracks: list[Any] = []


class _ListedPeople(msgspec.Struct):
    participants: list[_ListedPerson]


class LivekitLists:
    """``ports.MediaLists``, ``ports.ParticipantLists``."""

    def __init__(self, service: LivekitService) -> None:
        self._service = service

    async def hang_up(self) -> None:
        """Let the connections go."""
        await self._service.hang_up()

    async def everybody(self, tenants: Sequence[Tenant], ours: Collection[RoomId], rest: Rest) -> MediaListing:
        """Ask for the rooms, then for the people of each of ours. Its count of them may be wrong (livekit#4265), so
        that rooms in which it counts nobody are asked for too.
        """
        listed = _read(await self._service.call("ListRooms", {}, {"roomList": True}), _ListedRooms)
        found = dict[RoomId, Sequence[MediaPerson]]()
        for room in [RoomId(one.name) for one in listed.rooms if one.name]:
            found[room] = ()
            if room in ours:
                found[room] = await self._people(room)
                await rest(_PAUSE)
        return MediaListing(found)

    async def people(self, room: RoomId, users: Collection[UserId]) -> Sequence[MediaPerson]:
        if len(users) > _FEW:
            return [person for person in await self._people(room) if person.identity in users]
        found = await asyncio.gather(*(self._person(room, user) for user in users))
        return _persons([one for one in found if one is not None])

    async def _person(self, room: RoomId, user: UserId) -> _ListedPerson | None:
        answer = await self._ask("GetParticipant", room, identity=user)
        found = _read(answer, _ListedPerson) if answer else None
        if found is not None and found.identity != user:
            raise VendorFailure(Trouble.BUSY, "LiveKit answered with another participant", in_doubt=True)
        return found

    async def _people(self, room: RoomId) -> Sequence[MediaPerson]:
        """Return who is in a room; nobody, where it has ended since it was listed."""
        answer = await self._ask("ListParticipants", room)
        return _persons(_read(answer, _ListedPeople).participants) if answer else ()

    async def _ask(self, method: str, room: RoomId, **about: str) -> Mapping[str, Any]:
        return await self._service.call(method, {"room": room, **about}, {"roomAdmin": True, "room": room})


def _persons(listed: Sequence[_ListedPerson]) -> Sequence[MediaPerson]:
    return [
        MediaPerson(one.identity, one.sid, _at(one.joined_at), sends=bool(one.tracks))
        for one in listed
        if one.identity and one.kind in _PEOPLE and one.state not in _GONE
    ]


def _read(answer: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError as failure:
        raise VendorFailure(Trouble.BUSY, "LiveKit answered a list that cannot be read", in_doubt=True) from failure


def _at(seconds: str | int) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC) if int(seconds) > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
