"""What each place says of a room or of a person, since when, and when it is looked at again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.drift.model import DriftRound, DriftSource, KnownDrift
from liveroom.domain.errors import RoomNotFound, UserNotFound
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.model import LiveRoom, Room, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Key, Matter, Vendor, Work
from liveroom.ports import Database, Live, VendorsOf


class SourceSays(NamedTuple):
    """What one place says of a room."""

    source: str
    """``sql``, ``live``, or a vendor."""
    state: str
    """``reserved``, ``live``, ``closed``, ``hidden``, ``absent``, ``waiting`` or ``failed``."""
    since: datetime | None
    members: int | None = None
    detail: str = ""


class RoomExplained(NamedTuple):
    """A room as every place has it. ``rounds``: when those are compared that have to do with it."""

    says: Sequence[SourceSays]
    differences: Sequence[KnownDrift]
    rounds: Sequence[DriftRound]


class PersonExplained(NamedTuple):
    """What differs about a person, and when it is looked at again."""

    differences: Sequence[KnownDrift]
    rounds: Sequence[DriftRound]


_OF_ALL: Final = (DriftSource.LIVE, DriftSource.STREAMS, DriftSource.RECORDINGS)
"""Sources that may have to do with every tenant."""
_OF_VENDOR: Final = {
    Vendor.IM: DriftSource.IM,
    Vendor.TRTC: DriftSource.TRTC,
    Vendor.LIVEKIT: DriftSource.LIVEKIT,
}


@dataclass(frozen=True, slots=True)
class Explanations:
    """Explains rooms and persons to operators."""

    db: Database
    live: Live
    vendors_of: VendorsOf

    async def of_room(self, tenant: Tenant, id: str) -> RoomExplained:
        """Explain a room of the tenant. Raises ``RoomNotFound``."""
        room = await self.db.rooms.get(RoomId(id))
        if room is None or room.tenant != tenant.name:
            raise RoomNotFound
        vendors = sorted(self.vendors_of(tenant))
        works = [(vendor, await self.db.vendor_work.get(Key(vendor, Matter.ROOM, room.id))) for vendor in vendors]
        says = [_in_sql(room), _alive(await self.live.room(room.id))]
        says += [one for vendor, work in works for one in _at(vendor, work, room)]
        return RoomExplained(says, await self.db.drift.of_room(room.id), await self._rounds(tenant))

    async def of_person(self, tenant: Tenant, id: str) -> PersonExplained:
        """Explain what differs about a user of the tenant. Raises ``UserNotFound``."""
        user = await self.db.users.get(UserId(id))
        if user is None or user.tenant != tenant.name:
            raise UserNotFound
        return PersonExplained(await self.db.drift.of_user(user.id), await self._rounds(tenant))

    async def _rounds(self, tenant: Tenant) -> Sequence[DriftRound]:
        sources = {*_OF_ALL, *(_OF_VENDOR[vendor] for vendor in self.vendors_of(tenant))}
        return [round for round in await self.db.drift.rounds() if round.source in sources]


def _in_sql(room: Room) -> SourceSays:
    since = room.opened if room.state is RoomStatus.LIVE else room.updated
    return SourceSays("sql", room.state.value, since)


def _alive(room: LiveRoom | None) -> SourceSays:
    if room is None:
        return SourceSays("live", "absent", None)
    return SourceSays("live", "hidden" if room.hidden else "live", room.opened, room.members)


def _at(vendor: Vendor, work: Work | None, room: Room) -> Iterator[SourceSays]:
    """Yield what was done about a room at a vendor, and what is still to be done."""
    if work is None:
        if vendor is Vendor.IM:
            yield SourceSays(vendor.value, "absent", None)
        return
    if work.failed is not None:
        yield SourceSays(vendor.value, "failed", work.failed, detail=work.reason)
    elif work.waits:
        yield SourceSays(vendor.value, "waiting", work.changed, detail=work.reason)
    else:
        is_there = bool(work.achieved.broadcast) and work.achieved.broadcast == room.broadcast
        yield SourceSays(vendor.value, "live" if is_there else "absent", work.changed)
