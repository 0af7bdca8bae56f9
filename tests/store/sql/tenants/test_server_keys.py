"""Server keys and the audit as the databases keep them."""

from dataclasses import replace
from datetime import timedelta

from liveroom.domain.accounts.sessions import Session, SessionEnd
from liveroom.domain.ids import SessionId, TenantName, UserId, new_id
from liveroom.domain.moderation.audit import AuditEntry, AuditId, AuditOutcome
from liveroom.domain.tenants.server_keys import ServerKey
from liveroom.ports import Stored
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import HOME, NOW, SECOND

KEY = ServerKey("a" * 16, HOME, "backend", "d" * 64, frozenset({"act:rooms", "admin:*"}), NOW)
SHOP = TenantName("shop")


def entry(number: int = 0, **changes: object) -> AuditEntry:
    """Return something that was done so many seconds after ``NOW``."""
    at = NOW + number * SECOND
    made = AuditEntry(AuditId(new_id(at)), HOME, at, KEY.actor, "base/v1/rooms/enter_room", "user:1 room:2", "::1", "r")
    return replace(made, **changes)  # type: ignore[arg-type]


async def test_the_last_use_only_grows(database: SqlDatabase) -> None:
    await database.server_keys.put(Stored(KEY))
    await database.server_keys.used({})
    for seconds, used in ((5, 5), (3, 5), (7, 7)):
        await database.server_keys.used({KEY.id: NOW + seconds * SECOND, "unknown": NOW})
        assert await database.server_keys.list() == [Stored(replace(KEY, used=NOW + used * SECOND))]


async def test_entries_are_found_newest_first_by_actor_tenant_and_time(database: SqlDatabase) -> None:
    by_us, by_another, elsewhere = entry(1), entry(2, actor="key:other"), entry(3, tenant=SHOP, actor="key:third")
    await database.audit.add([by_us])
    await database.audit.add([by_another, elsewhere])

    async def newest(limit: int = 9, **asked: object) -> list[AuditEntry]:
        every: dict[str, object] = {"tenant": None, "actor": "", "since": None}
        return list(await database.audit.newest(limit=limit, **(every | asked)))  # type: ignore[arg-type]

    assert await newest() == [elsewhere, by_another, by_us]
    assert await newest(2) == [elsewhere, by_another]
    assert await newest(tenant=HOME) == [by_another, by_us]
    assert await newest(actor=KEY.actor) == [by_us]
    assert await newest(since=NOW + 2 * SECOND) == [elsewhere, by_another]
    assert await newest(since=NOW + 4 * SECOND) == []


async def test_how_it_ended_is_written_once(database: SqlDatabase) -> None:
    first, second = entry(1), entry(2)
    await database.audit.add([first, second])
    await database.audit.answered(
        [AuditOutcome(first.id, 3000, '{"a":1}', '{"a":2}'), AuditOutcome(AuditId("unknown"), 3000)]
    )
    await database.audit.answered([AuditOutcome(first.id, 0)])
    found = await database.audit.newest(tenant=HOME, actor="", since=None, limit=9)
    assert found == [second, replace(first, code=3000, before='{"a":1}', after='{"a":2}')]


async def test_thousands_at_once_are_written_and_purged_from_the_oldest_on(database: SqlDatabase) -> None:
    entries = [entry(number) for number in range(1200)]
    await database.audit.add(entries)
    await database.audit.answered([AuditOutcome(one.id, 0) for one in entries])
    assert await database.audit.purge(NOW + 1000 * SECOND, 700) == 700
    assert await database.audit.purge(NOW + 1000 * SECOND, 700) == 300
    assert await database.audit.purge(NOW + 1000 * SECOND, 700) == 0
    found = await database.audit.newest(tenant=HOME, actor="", since=None, limit=2000)
    assert [one.id for one in found] == [one.id for one in reversed(entries[1000:])]
    assert {one.code for one in found} == {0}


async def test_an_open_session_is_found_by_user_and_tag(database: SqlDatabase) -> None:
    user = UserId("7001")
    assert await database.sessions.open_with(user, KEY.actor) is None
    for id, tag in (("s1", "xiaozhibo"), ("s2", KEY.actor), ("s3", "key:other")):
        await database.sessions.add(Session(SessionId(id), user, HOME, NOW, tag))
    assert await database.sessions.open_with(user, KEY.actor) == "s2"
    over = Session(SessionId("s2"), user, HOME, NOW, KEY.actor)
    await database.sessions.end(over, NOW + timedelta(minutes=1), SessionEnd.LOGOUT)
    assert await database.sessions.open_with(user, KEY.actor) is None
