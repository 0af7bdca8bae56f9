"""What the import writes: rows by the hundred, each batch in one transaction with the note of what was imported.

How rows are read and written is the business of their own files; here is only what makes many of them one statement.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, bindparam, insert, select, update

from liveroom.domain.accounts.looks import look_of
from liveroom.domain.accounts.users import LoginCredential, User
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.rooms.model import Room
from liveroom.ports.importing import Holding, ImportedRow, ImportKind
from liveroom.store.sql.accounts.users import user_values
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.rooms.rows import ROOM, broadcast_values, read_room, room_values
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import broadcasts, credentials, ids, imported, rooms, sessions, users

_LISTED: Final[BindParameter[str]] = bindparam("listed", expanding=True)
_KNOWN: Final = statement(select(imported).where(imported.c.kind == bindparam("kind"), imported.c.id.in_(_LISTED)))
_NOTE: Final = Statement(
    lambda dialect: dialect.upsert(
        imported, lambda new: [(name, new[name]) for name in ("digest", "mark", "broadcast")]
    )
)
_CLAIM: Final = Statement(lambda dialect: dialect.insert_or_keep(ids))
_HOLDERS: Final = statement(select(ids.c.id, ids.c.holder, ids.c.tenant).where(ids.c.id.in_(_LISTED)))
_ADD_USER: Final = statement(insert(users))
_SIGNED_IN: Final = statement(select(sessions.c.user_id).where(sessions.c.user_id.in_(_LISTED)).distinct())
_CREDENTIALS: Final = statement(
    select(credentials.c.folded, credentials.c.username, credentials.c.user_id, credentials.c.salt).where(
        credentials.c.tenant == bindparam("tenant"), credentials.c.folded.in_(_LISTED)
    )
)
_ADD_CREDENTIAL: Final = statement(insert(credentials))
_PUT_SALT: Final = statement(
    update(credentials)
    .where(credentials.c.tenant == bindparam("of"), credentials.c.folded == bindparam("name"))
    .values(salt=bindparam("sealed"))
)
_SOME_ROOMS: Final = statement(select(*ROOM).where(rooms.c.id.in_(_LISTED)))
_ADD_ROOM: Final = statement(insert(rooms))
_ADD_BROADCAST: Final = statement(insert(broadcasts))


@dataclass(frozen=True, slots=True)
class SqlImportRows:
    """``ports.ImportRows``."""

    _runner: Runner

    async def known(self, kind: ImportKind, ids: Collection[str]) -> Mapping[str, ImportedRow]:
        if not ids:
            return {}
        rows = await self._runner.rows(_KNOWN, kind=kind.value, listed=list(ids))
        return {row[1]: ImportedRow(kind, *row[1:]) for row in rows}

    async def note(self, notes: Sequence[ImportedRow]) -> None:
        rows = [
            {"kind": one.kind.value, "id": one.id, "digest": one.digest, "mark": one.mark, "broadcast": one.broadcast}
            for one in notes
        ]
        if rows:
            await self._runner.run_many(_NOTE, rows)

    async def claim_ids(self, claims: Mapping[str, Holding]) -> Mapping[str, Holding]:
        if not claims:
            return {}
        wanted = sorted(claims.items())
        await self._runner.run_many(
            _CLAIM, [{"id": id, "tenant": claim.tenant, "holder": claim.holder} for id, claim in wanted]
        )
        rows = await self._runner.rows(_HOLDERS, listed=list(claims))
        return {row[0]: Holding(UserId(row[1]), TenantName(row[2])) for row in rows}

    async def add_users(self, users: Sequence[User]) -> None:
        if users:
            await self._runner.run_many(_ADD_USER, [{"id": user.id, **user_values(user)} for user in users])

    async def signed_in(self, users: Collection[UserId]) -> Collection[UserId]:
        if not users:
            return ()
        return {UserId(row[0]) for row in await self._runner.rows(_SIGNED_IN, listed=list(users))}

    async def credentials(self, tenant: TenantName, folded: Collection[str]) -> Mapping[str, LoginCredential]:
        if not folded:
            return {}
        rows = await self._runner.rows(_CREDENTIALS, tenant=tenant, listed=list(folded))
        return {row[0]: LoginCredential(tenant, row[1], UserId(row[2]), row[3]) for row in rows}

    async def add_credentials(self, credentials: Mapping[str, LoginCredential]) -> None:
        rows = [
            {
                "tenant": one.tenant,
                "folded": folded,
                "username": one.username,
                "user_id": one.user,
                "salt": one.salt,
                "timed": None,
                "look": look_of(folded),
            }
            for folded, one in credentials.items()
        ]
        if rows:
            await self._runner.run_many(_ADD_CREDENTIAL, rows)

    async def put_salt(self, tenant: TenantName, folded: str, salt: str) -> None:
        await self._runner.run(_PUT_SALT, of=tenant, name=folded, sealed=salt)

    async def rooms(self, rooms: Collection[RoomId]) -> Mapping[RoomId, Room]:
        if not rooms:
            return {}
        found = map(read_room, await self._runner.rows(_SOME_ROOMS, listed=list(rooms)))
        return {room.id: room for room in found}

    async def add_rooms(self, rooms: Sequence[Room]) -> None:
        if not rooms:
            return
        await self._runner.run_many(_ADD_ROOM, [{"id": room.id, **room_values(room)} for room in rooms])
        begun = [broadcast_values(room) for room in rooms if room.broadcast]
        if begun:
            await self._runner.run_many(_ADD_BROADCAST, begun)
