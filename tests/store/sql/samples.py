"""Values for the store's tests: every field differs from its default, so that one that is not kept shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from liveroom.domain.accounts.sessions import Session
from liveroom.domain.accounts.users import User
from liveroom.domain.ids import BroadcastId, EntryId, RoomId, SessionId, StayId, TenantName, UserId
from liveroom.domain.presence.members import Role, Stay
from liveroom.domain.rooms.model import Room, RoomStatus

NOW = datetime(2025, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ACME = TenantName("acme")
HOME = TenantName("")


def user(id: str = "40000001", tenant: TenantName = HOME, **fields: Any) -> User:
    """Return a user with a name that needs four bytes a character."""
    return User(UserId(id), tenant, NOW, NOW + SECOND, **{"name": "小明🎤", "avatar": "https://a/1.png", **fields})


def room(id: str = "700", tenant: TenantName = HOME, **fields: Any) -> Room:
    """Return a live room."""
    owner = UserId("40000001")
    given: dict[str, Any] = {
        "state": RoomStatus.LIVE,
        "owner": owner,
        "broadcast": BroadcastId(f"b-{id}"),
        "category": "ktv",
        "title": "Karaoke 🎶",
        "rev": 1,
        **fields,
    }
    return Room(
        id=RoomId(id), tenant=tenant, holder=owner, created_by=owner, updated_by=owner, opened=NOW, updated=NOW, **given
    )


def session(id: str = "s1", of: str = "40000001", **fields: Any) -> Session:
    """Return an open session."""
    return Session(SessionId(id), UserId(of), HOME, **{"created": NOW, "tag": "phone", **fields})


def stay(id: str = "y1", of: str = "40000001", in_room: str = "700", **fields: Any) -> Stay:
    """Return an open stay."""
    given: dict[str, Any] = {
        "broadcast": BroadcastId(f"b-{in_room}"),
        "role": Role.AUDIENCE,
        "name": "小红🌹",
        "avatar": "https://a/2.png",
        "entered": NOW,
        "order": 7,
        "entries": ((SessionId("s1"), EntryId("p1")), (SessionId("s2"), EntryId("p2"))),
        "version": 1,
        **fields,
    }
    return Stay(id=StayId(id), tenant=HOME, room=RoomId(in_room), user=UserId(of), **given)
