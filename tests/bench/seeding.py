"""A database of any size, written straight into SQL before the service starts: users with sessions, and live rooms.

The service fills its live store from there by itself, as after the loss of a Redis. Tokens are signed here, with the
secret that the service is given.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy import Table, insert

from liveroom.clock import SystemClock
from liveroom.domain.ids import (
    DEFAULT_TENANT,
    BroadcastId,
    EntryId,
    RoomId,
    SessionId,
    StayId,
    UserId,
    room_bucket,
    user_bucket,
)
from liveroom.domain.ledger.accounts import AccountKind, AccountName
from liveroom.domain.ledger.journals import LedgerCommand, Move, MoveKind, Posting, digest_of_said
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import Role, Stay
from liveroom.keys import KeyRing, Tokens
from liveroom.settings import NamedSecret, Secret
from liveroom.store.sql import tables
from liveroom.store.sql.addresses import SqliteAddress, read_address
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import Value, statement
from liveroom.store.sql.mysql import MysqlEngine
from liveroom.store.sql.presence.stays import SqlStays
from liveroom.store.sql.runner import Engine
from liveroom.store.sql.schema import migrate
from liveroom.store.sql.sqlite import SqliteEngine
from liveroom.usecases.ledger.posting import Ledger

SECRET: Final = "bench-only-4f1c9d7e2a8b6053-d1e2f3a4b5c6"
AVATAR: Final = "https://example.com/avatars/0123456789abcdef0123456789abcdef.jpg"
CATEGORY: Final = "mlvb-show-live"
_FIRST_USER: Final = 100_000_000
_FIRST_ROOM: Final = 500_000_000
_ROWS_A_TRANSACTION: Final = 10_000
_SOLD_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class SeededMember:
    """A user who is signed in."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    users: int
    rooms: int


def user_id(number: int) -> UserId:
    """Return the id of the user with this number, from 0."""
    return UserId(str(_FIRST_USER + number))


def session_id(number: int) -> SessionId:
    """Return the id of that user's session."""
    return SessionId(f"bench{number:011d}")


def room_id(number: int) -> RoomId:
    """Return the id of the room with this number, from 0; its owner has the same one, and no row."""
    return RoomId(str(_FIRST_ROOM + number))


def guests(numbers: Sequence[int]) -> list[SeededMember]:
    """Return users with tokens, as the service would have signed them."""
    return _signed((user_id(number), session_id(number)) for number in numbers)


def hosts(rooms: Sequence[int]) -> list[SeededMember]:
    """Return the owners of these rooms, with tokens of the sessions in which they are live."""
    return _signed((UserId(room_id(number)), _host_session(room_id(number))) for number in rooms)


def _host_session(room: RoomId) -> SessionId:
    return SessionId(f"host{room}")


def _signed(sessions: Iterable[tuple[UserId, SessionId]]) -> list[SeededMember]:
    tokens = Tokens(KeyRing([NamedSecret("bench", Secret(SECRET))]), lifetime=timedelta(days=1))
    now = SystemClock().now()
    return [SeededMember(user, tokens.issue(user, session, DEFAULT_TENANT, now)[0]) for user, session in sessions]


async def seed(url: str, size: Size) -> None:
    """Write users and rooms into an empty database."""
    await migrate(url)
    address = read_address(url)
    engine: Engine
    if isinstance(address, SqliteAddress):
        engine = SqliteEngine(address.path, synchronous="normal")
    else:
        engine = MysqlEngine(address, pool=1)
    now = SystemClock().now()
    try:
        await _write(engine, tables.users, (_user(number, now) for number in range(size.users)))
        await _write(engine, tables.sessions, (_session(number, now) for number in range(size.users)))
        await _write(engine, tables.rooms, (_room(number, now) for number in range(size.rooms)))
        await _write(engine, tables.broadcasts, (_broadcast(number, now) for number in range(size.rooms)))
        hosts = (_stay(number, now) for number in range(size.rooms))
        while chunk := list(islice(hosts, _ROWS_A_TRANSACTION)):
            await SqlStays(engine).put(chunk)
    finally:
        await engine.close()


async def fund(url: str, users: Sequence[UserId], coins: int) -> None:
    """Sell coins to users, so that they can send gifts."""
    db, ledger = await SqlDatabase.open(url), Ledger(SystemClock())
    try:
        for number, some in enumerate(parts(users, _SOLD_AT_ONCE)):
            command = LedgerCommand(DEFAULT_TENANT, MoveKind.PURCHASE, f"bench-{number}", digest_of_said(), "bench")
            source = Move(AccountName(DEFAULT_TENANT, AccountKind.FLOAT), -coins * len(some))
            wallets = [accounts_of(DEFAULT_TENANT, user).coins for user in some]
            posting = Posting(command, [source, *(Move(wallet, coins) for wallet in wallets)])
            await db.transact(lambda tx, posting=posting: ledger.post(tx, posting))  # type: ignore[misc]
    finally:
        await db.close()


async def _write(engine: Engine, table: Table, rows: Iterator[Mapping[str, Value]]) -> None:
    adding = statement(insert(table))
    while chunk := list(islice(rows, _ROWS_A_TRANSACTION)):
        await engine.run_many(adding, chunk)


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _user(number: int, now: datetime) -> Mapping[str, Value]:
    user, made = user_id(number), _millis(now)
    return {
        "id": user,
        "tenant": DEFAULT_TENANT,
        "created": made,
        "updated": made,
        "name": f"观众{number}号",
        "avatar": AVATAR,
        **dict.fromkeys(("tag", "tag2", "phone", "email", "ban_reason", "language"), ""),
        **dict.fromkeys(("banned_until", "ended", "deleted")),
        "admin": 0,
        "adult": 0,
        "named": 1,
        "user_bucket": user_bucket(user),
    }


def _session(number: int, now: datetime) -> Mapping[str, Value]:
    user = user_id(number)
    return {
        "id": session_id(number),
        "user_id": user,
        "tenant": DEFAULT_TENANT,
        "created": _millis(now),
        "tag": "xiaozhibo",
        "address": "",
        "ended": None,
        "why": None,
        "user_bucket": user_bucket(user),
    }


def _room(number: int, now: datetime) -> Mapping[str, Value]:
    room = room_id(number)
    opened = _millis(now - timedelta(seconds=number))
    owner = dict.fromkeys(("holder", "owner", "created_by", "updated_by"), room)
    return {
        "id": room,
        "tenant": DEFAULT_TENANT,
        **owner,
        "state": "live",
        "opened": opened,
        "updated": opened,
        "broadcast": f"b{room}",
        "category": CATEGORY,
        "title": f"第{number}个直播间",
        "cover": AVATAR,
        "subject": "",
        "description": "",
        "capacity": 0,
        "kind": "",
        "star": 0,
        "rev": 1,
        "delisted": 0,
        "aside": 0,
        "access": "public",
        "password": "",
        "seats": 8,
        "gifts": 1,
        "open_battles": 0,
        "followers_chat": 0,
        "followers_seats": 0,
        "recorded": 0,
        **dict.fromkeys(("connection", "connection_id", "battle", "envelopes", "streams", "recording", "activities")),
        "live_cover": None,
        "seat_mode": "apply",
        "seat_locks": 0,
        "slow": 0,
        "muted": 0,
        "starts": None,
        "ends": None,
        "guarded": 0,
        "pinned": None,
        "placement": None,
        "placed_until": None,
        "link_key": "",
        "room_bucket": room_bucket(room),
    }


def _broadcast(number: int, now: datetime) -> Mapping[str, Value]:
    room = room_id(number)
    return {
        "id": f"b{room}",
        "room": room,
        "tenant": DEFAULT_TENANT,
        "owner": room,
        "category": CATEGORY,
        "title": f"第{number}个直播间",
        "opened": _millis(now - timedelta(seconds=number)),
        "closed": None,
        "reason": None,
        "likes": 0,
    }


def _stay(number: int, now: datetime) -> Stay:
    """Return the owner's own stay: without its host the room would be hidden."""
    room = room_id(number)
    return Stay(
        id=StayId(f"s{room}"),
        tenant=DEFAULT_TENANT,
        broadcast=BroadcastId(f"b{room}"),
        room=room,
        user=UserId(room),
        role=Role.OWNER,
        name="",
        avatar="",
        entered=now - timedelta(seconds=number),
        order=1,
        entries=((_host_session(room), EntryId(f"p{room}")),),
        keepalive=True,
        version=1,
    )
