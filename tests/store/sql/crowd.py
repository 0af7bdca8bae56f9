"""Rows by the thousand for the tests of scale: ids are numbers, most rooms are closed, most stays are over."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, insert

from liveroom.domain.accounts.users import LoginCredential
from liveroom.domain.ids import RoomId, UserId, room_bucket, user_bucket
from liveroom.store.sql import people_tables, show_tables, tables
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from tests.store.sql.samples import HOME

Rows = Iterator[dict[str, Any]]
_AT_ONCE = 20_000
_BORN = 1_700_000_000_000


def user_rows(count: int) -> Rows:
    """Return users with a phone number each."""
    fields = {"tenant": "", "created": _BORN, "updated": _BORN, "avatar": "", "tag": "", "tag2": "", "email": ""}
    none = {
        "admin": 0,
        "adult": 0,
        "banned_until": None,
        "ban_reason": "",
        "ended": None,
        "deleted": None,
        "language": "",
    }
    for number in range(count):
        id = str(number)
        named = int(number < count - 10)
        yield (
            fields | none | {"id": id, "name": "n", "phone": id, "user_bucket": user_bucket(UserId(id)), "named": named}
        )


def credential_rows(count: int) -> Rows:
    """Return a username for each user."""
    for number in range(count):
        id = str(number)
        one = LoginCredential(HOME, id, UserId(id), "sealed")
        yield {
            "tenant": "",
            "folded": id,
            "username": one.username,
            "user_id": id,
            "salt": one.salt,
            "timed": None,
            "look": id,
        }


def contact_rows(count: int) -> Rows:
    """Return whose each user's phone number is."""
    for number in range(count):
        yield {"tenant": "", "value": str(number), "user_id": str(number)}


def code_rows(count: int) -> Rows:
    """Return codes that were sent, ten to a number and a hundred from an address."""
    for number in range(count):
        fields: dict[str, Any] = {"tenant": "", "stamp": "x" * 64, "tries": 1, "used": None}
        whose = {"id": f"c{number}", "contact": f"n{number // 10}", "address": f"a{number // 100}"}
        yield fields | whose | {"created": _BORN + number}


def binding_rows(count: int) -> Rows:
    """Return a binding for each username."""
    for number in range(count):
        id = str(number)
        yield {"tenant": "", "folded": id, "tag": "xiaozhibo", "user_id": id, "bound": _BORN}


def imported_rows(count: int) -> Rows:
    """Return the note that each user was taken from the original."""
    for number in range(count):
        yield {"kind": "user", "id": str(number), "digest": "d", "mark": _BORN, "broadcast": ""}


def session_rows(count: int) -> Rows:
    """Return a session for each user, half of them over."""
    for number in range(count):
        id = str(number)
        ended = _BORN + number if number % 2 else None
        fields = {"id": id, "user_id": id, "tenant": "", "created": _BORN, "tag": "", "ended": ended, "address": ""}
        yield fields | {"why": ended and "logout", "user_bucket": user_bucket(UserId(id))}


def signature_rows(count: int) -> Rows:
    """Return used signatures."""
    for number in range(count):
        yield {"digest": str(number), "session": str(number), "used": _BORN + number}


def vendor_rows(users: int, rooms: int) -> Rows:
    """Return accounts that are in order, and work about every room, of which the last hundred failed."""
    fields = {"vendor": "im", "tenant": "", "wanted": 1, "changed": _BORN, "leased": 0, "holder": "", "tries": 0}
    for number in range(users):
        none = {"partition_key": None, "due": None, "failed": None, "room_bucket": None}
        account = {"matter": "account", "subject": str(number), "achieved": '{"app":1}', "reason": ""}
        yield fields | none | account
    for number in range(rooms):
        failed = None if number < rooms - 100 else _BORN + number
        due: dict[str, Any] = (
            {"partition_key": "im:", "due": _BORN + number} if failed is None else {"partition_key": None, "due": None}
        )
        rest: dict[str, Any] = {"achieved": "", "failed": failed}
        bucket = room_bucket(RoomId(str(number)))
        yield fields | due | rest | {"reason": "", "matter": "room", "subject": str(number), "room_bucket": bucket}


def room_rows(count: int) -> Rows:
    """Return rooms, every tenth live."""
    texts = {"cover": "", "subject": "", "description": "", "kind": "", "category": "ktv", "title": "t"}
    numbers = {"opened": _BORN, "updated": _BORN, "capacity": 0, "star": 0, "rev": 1, "delisted": 0}
    options = {"access": "public", "password": "", "seats": 8, "seat_mode": "apply", "seat_locks": 0, "slow": 0}
    more = {"muted": 0, "starts": None, "ends": None, "guarded": 0, "link_key": "", "pinned": None, "aside": 0}
    more |= dict.fromkeys(
        (
            "placement",
            "placed_until",
            "connection",
            "connection_id",
            "battle",
            "envelopes",
            "streams",
            "recording",
            "activities",
            "live_cover",
        )
    )
    more |= {"gifts": 1, "open_battles": 0, "followers_chat": 0, "followers_seats": 0, "recorded": 0}
    for number in range(count):
        id = str(number)
        people = dict.fromkeys(("holder", "owner", "created_by", "updated_by"), id)
        state = {"state": "closed" if number % 10 else "live", "room_bucket": room_bucket(RoomId(id))}
        yield texts | numbers | options | more | people | state | {"id": id, "tenant": "", "broadcast": f"b{id}"}


def term_rows(count: int) -> Rows:
    """Return what the live ones among so many rooms are found by."""
    for number in range(0, count, 10):
        for term in ("ktv", f"word{number}", f"name{number % 100}"):
            yield {"tenant": "", "term": term, "room": str(number)}


def user_term_rows(count: int) -> Rows:
    """Return what so many users are found by."""
    for number in range(count):
        for term in (f"name{number}", f"surname{number % 100}"):
            yield {"tenant": "", "term": term, "user_id": str(number)}


def broadcast_rows(count: int) -> Rows:
    """Return a broadcast for each room."""
    for number in range(count):
        id = str(number)
        fields = {"tenant": "", "owner": id, "category": "", "title": "", "opened": _BORN, "closed": None}
        yield fields | {"id": f"b{id}", "room": id, "reason": None, "likes": 0}


def stay_rows(count: int) -> Rows:
    """Return stays, every hundredth open, a hundred to a broadcast."""
    fields = {"tenant": "", "role": "audience", "name": "n", "avatar": "", "entered": _BORN, "ord": 1, "entries": "[]"}
    for number in range(count):
        room, user = str(number // 100), str(number)
        left = None if number % 100 == 0 else _BORN + number
        seat = {"seat": 0, "seat_mutes": 0, "sat": 0}
        buckets = {"room_bucket": room_bucket(RoomId(room)), "user_bucket": user_bucket(UserId(user))}
        ids = {"id": f"y{number}", "broadcast": f"b{room}", "room": room, "user_id": user}
        yield (
            fields | buckets | ids | {"keepalive": 0, "version": 1, **seat, "left_at": left, "reason": left and "left"}
        )


def outbox_rows(count: int) -> Rows:
    """Return outbox rows, all but the last ten done."""
    for number in range(count):
        fields = {"tenant": "", "kind": "room_changed", "body": '{"room":"1","reason":null}', "created": _BORN + number}
        yield fields | {"id": number + 1, "subject": "1", "done": int(number < count - 10)}


async def fill(database: SqlDatabase, *, users: int, rooms: int, stays: int) -> None:
    """Write that many of each, and of what belongs to them."""
    await _write(database, tables.users, user_rows(users))
    await _write(database, tables.credentials, credential_rows(users // 2))
    await _write(database, tables.contacts, contact_rows(users // 2))
    await _write(database, tables.codes, code_rows(rooms))
    await _write(database, tables.bindings, binding_rows(users // 2))
    await _write(database, tables.imported, imported_rows(users // 2))
    await _write(database, tables.sessions, session_rows(users // 2))
    await _write(database, tables.signatures, signature_rows(rooms))
    await _write(database, tables.rooms, room_rows(rooms))
    await _write(database, show_tables.room_terms, term_rows(rooms))
    await _write(database, tables.broadcasts, broadcast_rows(rooms))
    await _write(database, tables.stays, stay_rows(stays))
    await _write(database, people_tables.user_terms, user_term_rows(users))
    await _write(database, tables.outbox, outbox_rows(rooms))
    await _write(database, tables.vendor_work, vendor_rows(users // 10, rooms))


async def _write(database: SqlDatabase, table: Table, rows: Rows) -> None:
    adding = statement(insert(table))
    while batch := [row for row, _ in zip(rows, range(_AT_ONCE), strict=False)]:
        await database.engine.run_many(adding, batch)
