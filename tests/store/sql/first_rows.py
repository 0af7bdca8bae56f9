"""Rows as the first revision that releases know has them: under the names that it gave to tables and columns."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, column, insert, table

from liveroom.store.sql.accounts.users import user_values
from liveroom.store.sql.presence.stays import stay_values
from liveroom.store.sql.rooms.rows import room_values
from tests.store.sql.samples import room, stay, user

_LATER: Final = (
    *("pinned", "aside", "gifts", "placement", "placed_until"),
    *("connection", "connection_id", "battle", "open_battles", "envelopes", "followers_chat", "followers_seats"),
    *("streams", "recorded", "recording", "activities", "live_cover"),
)
"""Columns of rooms that came later."""


def write_first_rows(connection: Connection) -> None:
    """Write a row into each table that has been renamed, or has a renamed column."""
    for name, values in _rows():
        connection.execute(insert(table(f"lr_{name}", *map(column, values))).values(**values))


def _rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "users", {"id": user().id, **_without(user_values(user()), "named", "adult")}
    first_room = _without(room_values(room(delisted=True)), *_LATER)
    yield "rooms", _renamed({"id": room().id, **first_room}, delisted="barred")
    first_stay = {name: value for name, value in stay_values(stay()).items() if name != "sat"}
    yield "stays", _renamed(first_stay, entries="places")
    yield (
        "standings",
        {
            "room": room().id,
            "user_id": user().id,
            "tenant": "",
            "role": "admin",
            "ban_reason": "",
            "mute_reason": "",
            "invited": 0,
            "updated_by": user().id,
            "updated": 1,
            "rev": 1,
        },
    )
    yield (
        "hooks",
        {
            "id": "ho_1",
            "tenant": "",
            "moment": "go_live",
            "url": "https://a/",
            "secrets": "[]",
            "categories": "[]",
            "timeout": 1,
            "otherwise": "allow",
            "created": 1,
        },
    )
    yield (
        "vendor_work",
        {
            "vendor": "im",
            "matter": "room",
            "subject": room().id,
            "tenant": "",
            "lane": "im:",
            "wanted": 1,
            "changed": 1,
            "due": 1,
            "leased": 0,
            "holder": "",
            "tries": 0,
            "achieved": "",
            "reason": "",
        },
    )
    yield from _event_rows()


def _event_rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield (
        "dead_events",
        {
            "target": "wh_1",
            "id": "ev_1",
            "tenant": "",
            "stream": "room:700",
            "seq": 1,
            "kind": "room.opened",
            "at": 1,
            "died": 1,
            "reason": "",
            "body": "{}",
        },
    )
    yield (
        "event_lanes",
        {
            "target": "wh_1",
            "stream": "room:700",
            "tenant": "",
            "sent": 1,
            "last": 4,
            "seen": 4,
            "due": 1,
            "tries": 0,
            "holder": "",
            "leased": 0,
            "reason": "",
        },
    )


def _renamed(values: Mapping[str, Any], **former: str) -> dict[str, Any]:
    return {former.get(name, name): value for name, value in values.items()}


def _without(values: Mapping[str, Any], *later: str) -> Mapping[str, Any]:
    """Return values without those of columns that came later."""
    return {name: value for name, value in values.items() if name not in later}
