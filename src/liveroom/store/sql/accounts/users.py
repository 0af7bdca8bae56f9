"""Users and their credentials."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import BigInteger, Integer, and_, bindparam, delete, func, insert, null, or_, select, update

from liveroom.domain.accounts.looks import look_of
from liveroom.domain.accounts.sessions import Session
from liveroom.domain.accounts.users import NOBODY, LoginCredential, Timed, User
from liveroom.domain.ids import SessionId, TenantName, UserId, user_bucket
from liveroom.domain.tenants.model import Language
from liveroom.store.sql.accounts.sessions import SESSION, read_session
from liveroom.store.sql.backend_tables import own_users
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Statement, Value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import bindings, credentials, sessions, users

USER: Final = [column for column in users.columns if column not in {users.c.user_bucket, users.c.named}]
CREDENTIAL: Final = (credentials.c.username, credentials.c.salt, credentials.c.timed)
_BY_ID: Final = select(*USER).where(users.c.id == bindparam("id"))
_GET: Final = statement(_BY_ID)
_LOCK: Final = statement(_BY_ID.with_for_update())
_LIST: Final = statement(select(*USER).where(users.c.id.in_(bindparam("ids", expanding=True))))
_WITH_SESSION: Final = statement(
    select(*USER, *SESSION)
    .outerjoin_from(users, sessions, and_(sessions.c.id == bindparam("session"), sessions.c.user_id == users.c.id))
    .where(users.c.id == bindparam("id"))
)
_ADULTS: Final = statement(
    select(users.c.id).where(users.c.id.in_(bindparam("ids", expanding=True)), users.c.adult == 1)
)
_ADULT: Final[Mapping[int, bool | None]] = {0: None, 1: True, -1: False}
_ADULT_NUMBERS: Final = {said: number for number, said in _ADULT.items()}
_ADD: Final = statement(insert(users))
_NEW: Final = Statement(lambda dialect: dialect.insert_or_keep(users, "banned_until", "ended", "deleted"), joins=True)
_PUT: Final = statement(
    update(users)
    .where(users.c.id == bindparam("key"))
    .values({column.name: bindparam(column.name) for column in users.columns if not column.primary_key})
)
_COUNT: Final = statement(select(func.count()).where(users.c.tenant == bindparam("tenant"), users.c.deleted.is_(None)))
_PAGE: Final = statement(
    select(*USER)
    .where(users.c.tenant == bindparam("tenant"), users.c.id > bindparam("after"))
    .order_by(users.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_BANNED: Final = statement(
    select(*USER)
    .where(
        users.c.tenant == bindparam("of"),
        users.c.banned_until >= bindparam("least", type_=BigInteger),
        or_(users.c.banned_until > bindparam("least", type_=BigInteger), users.c.id > bindparam("after")),
    )
    .order_by(users.c.banned_until, users.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_CREDENTIAL: Final = statement(
    select(*USER, *CREDENTIAL)
    .outerjoin_from(credentials, users, users.c.id == credentials.c.user_id)
    .where(credentials.c.tenant == bindparam("tenant"), credentials.c.folded == bindparam("folded"))
)
_BY_TAG: Final = statement(
    select(*USER)
    .join_from(bindings, users, users.c.id == bindings.c.user_id)
    .where(
        bindings.c.tenant == bindparam("tenant"),
        bindings.c.folded == bindparam("folded"),
        bindings.c.tag == bindparam("tag"),
        bindings.c.bound.is_not(None),
    )
)
_BOUND_TO: Final = statement(
    select(bindings.c.user_id)
    .where(bindings.c.tenant == bindparam("tenant"), bindings.c.folded == bindparam("folded"))
    .limit(100)
)
_BY_OWN_NAME: Final = (
    select(*USER)
    .join_from(own_users, users, users.c.id == own_users.c.user_id)
    .where(
        own_users.c.tenant == bindparam("tenant"),
        own_users.c.tag == bindparam("tag"),
        own_users.c.username == bindparam("username"),
    )
)
_OWN: Final = statement(_BY_OWN_NAME)
_LOCK_OWN: Final = statement(_BY_OWN_NAME.with_for_update())
_LOCK_CREDENTIAL: Final = statement(
    select(credentials.c.username, credentials.c.user_id, credentials.c.salt, credentials.c.timed)
    .where(credentials.c.tenant == bindparam("tenant"), credentials.c.folded == bindparam("folded"))
    .with_for_update()
)
_ADD_CREDENTIAL: Final = Statement(lambda dialect: dialect.insert_or_keep(credentials))
_NEW_CREDENTIAL: Final = Statement(lambda dialect: dialect.insert_or_keep(credentials, "timed"), joins=True)
_ADD_TIMED: Final = statement(
    update(credentials)
    .where(
        credentials.c.tenant == bindparam("of"),
        credentials.c.folded == bindparam("name"),
        func.coalesce(credentials.c.timed, "") == bindparam("former"),
    )
    .values(timed=bindparam("tags")),
    joins=True,
)
_FORGET_TIMED: Final = statement(
    update(credentials)
    .where(credentials.c.timed.is_not(None), credentials.c.user_id == bindparam("user"))
    .values(timed=null())
)
_BOUND: Final = statement(
    select(bindings.c.tenant, bindings.c.folded).where(bindings.c.user_id == bindparam("user")).distinct()
)
_FORGET_TIMED_OF: Final = statement(
    update(credentials)
    .where(
        credentials.c.timed.is_not(None),
        credentials.c.tenant == bindparam("of"),
        credentials.c.folded == bindparam("name"),
    )
    .values(timed=null())
)
_LOOKS_LIKE: Final = statement(
    select(credentials.c.user_id)
    .where(credentials.c.tenant == bindparam("tenant"), credentials.c.look == bindparam("look"))
    .limit(1)
)
_REMOVE_CREDENTIAL: Final = statement(
    delete(credentials).where(credentials.c.tenant == bindparam("tenant"), credentials.c.folded == bindparam("folded"))
)
_REMOVE_CREDENTIALS: Final = statement(delete(credentials).where(credentials.c.user_id == bindparam("user")))


@dataclass(frozen=True, slots=True)
class SqlUsers:
    """``ports.Users``."""

    _runner: Runner

    async def get(self, user: UserId) -> User | None:
        row = await self._runner.row(_GET, id=user)
        return read_user(row) if row and row[0] == user else None

    async def lock(self, user: UserId) -> User | None:
        row = await self._runner.row(_LOCK, id=user)
        return read_user(row) if row and row[0] == user else None

    async def list(self, users: Collection[UserId]) -> Sequence[User]:
        wanted = set(users)
        if not wanted:
            return []
        rows = await self._runner.rows(_LIST, ids=list(wanted))
        return [read_user(row) for row in rows if row[0] in wanted]

    async def adults(self, users: Collection[UserId]) -> Collection[UserId]:
        rows = await self._runner.rows(_ADULTS, ids=sorted(users)) if users else ()
        return {UserId(row[0]) for row in rows}

    async def with_session(self, user: UserId, session: SessionId) -> tuple[User, Session | None] | None:
        row = await self._runner.row(_WITH_SESSION, id=user, session=session)
        if row is None or row[0] != user:
            return None
        theirs = row[len(USER) :]
        return read_user(row), read_session(theirs) if theirs[0] == session else None

    async def add(self, user: User) -> None:
        await self._runner.run(_ADD, id=user.id, **user_values(user))

    async def add_new(self, user: User) -> bool:
        return await self._runner.run(_NEW, id=user.id, **user_values(user)) > 0

    async def put(self, user: User) -> None:
        await self._runner.run(_PUT, key=user.id, **user_values(user))

    async def count(self, tenant: TenantName) -> int:
        """Count the tenant's users, without those deleted."""
        row = await self._runner.row(_COUNT, tenant=tenant)
        return row[0] if row else 0

    async def page(self, tenant: TenantName, after: UserId, limit: int) -> Sequence[User]:
        return [read_user(row) for row in await self._runner.rows(_PAGE, tenant=tenant, after=after, limit=limit)]

    async def banned(
        self, tenant: TenantName, now: datetime, limit: int, *, after: tuple[datetime, UserId] | None = None
    ) -> Sequence[User]:
        until, last = (now, UserId(BEHIND_ALL)) if after is None else after
        rows = await self._runner.rows(_BANNED, of=tenant, least=millis(until), after=last, limit=limit)
        return list(map(read_user, rows))

    async def credential(self, tenant: TenantName, folded: str) -> tuple[LoginCredential, User | None] | None:
        row = await self._runner.row(_CREDENTIAL, tenant=tenant, folded=folded)
        return None if row is None else read_credential(row, tenant)

    async def by_tag(self, tenant: TenantName, folded: str, tag: str) -> User | None:
        row = await self._runner.row(_BY_TAG, tenant=tenant, folded=folded, tag=tag)
        return None if row is None else read_user(row)

    async def bound(self, tenant: TenantName, folded: str) -> Sequence[UserId]:
        rows = await self._runner.rows(_BOUND_TO, tenant=tenant, folded=folded)
        return [UserId(row[0]) for row in rows]

    async def own(self, tenant: TenantName, tag: str, username: str) -> User | None:
        row = await self._runner.row(_OWN, tenant=tenant, tag=tag, username=username)
        return None if row is None else read_user(row)

    async def lock_own(self, tenant: TenantName, tag: str, username: str) -> User | None:
        row = await self._runner.row(_LOCK_OWN, tenant=tenant, tag=tag, username=username)
        return None if row is None else read_user(row)

    async def lock_credential(self, tenant: TenantName, folded: str) -> LoginCredential | None:
        row = await self._runner.row(_LOCK_CREDENTIAL, tenant=tenant, folded=folded)
        return None if row is None else LoginCredential(tenant, row[0], UserId(row[1]), row[2], _read_tags(row[3]))

    async def add_credential(self, credential: LoginCredential, folded: str) -> bool:
        added = await self._runner.run(
            _ADD_CREDENTIAL if credential.timed else _NEW_CREDENTIAL,
            tenant=credential.tenant,
            folded=folded,
            username=credential.username,
            user_id=credential.user,
            salt=credential.salt,
            timed=_write_tags(credential.timed),
            look=look_of(folded),
        )
        return added > 0

    async def add_timed(self, tenant: TenantName, known: Timed, tag: str) -> None:
        former, tags = _write_tags(known.tags) or "", _write_tags((*known.tags, tag))
        await self._runner.run(_ADD_TIMED, of=tenant, name=known.folded, former=former, tags=tags)

    async def forget_timed(self, user: UserId) -> int:
        forgotten = await self._runner.run(_FORGET_TIMED, user=user)
        for tenant, folded in await self._runner.rows(_BOUND, user=user):
            forgotten += await self._runner.run(_FORGET_TIMED_OF, of=tenant, name=folded)
        return forgotten

    async def looks_taken(self, tenant: TenantName, folded: str) -> bool:
        return await self._runner.row(_LOOKS_LIKE, tenant=tenant, look=look_of(folded)) is not None

    async def remove_credential(self, tenant: TenantName, folded: str) -> None:
        await self._runner.run(_REMOVE_CREDENTIAL, tenant=tenant, folded=folded)

    async def remove_credentials(self, user: UserId) -> None:
        await self._runner.run(_REMOVE_CREDENTIALS, user=user)


def _read_tags(text: str | None) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...]) if text else ()


def _write_tags(tags: Sequence[str]) -> str | None:
    return msgspec.json.encode(tags).decode() if tags else None


def read_user(row: Row) -> User:
    """Return the user in a row that begins with ``USER``."""
    return User(
        UserId(row[0]),
        TenantName(row[1]),
        instant(row[2]),
        instant(row[3]),
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        bool(row[10]),
        optional_instant(row[11]),
        row[12],
        optional_instant(row[13]),
        optional_instant(row[14]),
        Language(row[15]) if row[15] else None,
        _ADULT[row[16]],
    )


def read_credential(row: Row, tenant: TenantName) -> tuple[LoginCredential, User | None]:
    """Return the credential in a row of ``USER`` and ``CREDENTIAL``, and whose it is; an imported one has no user."""
    username, salt, timed = row[len(USER) :]
    user = None if row[0] is None else read_user(row)
    return LoginCredential(tenant, username, user.id if user else NOBODY, salt, _read_tags(timed)), user


def user_values(user: User) -> dict[str, Value]:
    """Return what is written for a user, beside the id."""
    return {
        "tenant": user.tenant,
        "created": millis(user.created),
        "updated": millis(user.updated),
        "name": user.name,
        "avatar": user.avatar,
        "tag": user.tag,
        "tag2": user.tag2,
        "phone": user.phone,
        "email": user.email,
        "admin": int(user.admin),
        "banned_until": optional_millis(user.banned_until),
        "ban_reason": user.ban_reason,
        "ended": optional_millis(user.ended),
        "deleted": optional_millis(user.deleted),
        "user_bucket": user_bucket(user.id),
        "language": user.language or "",
        "adult": _ADULT_NUMBERS[user.adult],
        "named": 0,
    }
