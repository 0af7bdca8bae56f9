"""Users and credentials, on both databases."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.accounts.users import LoginCredential
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import SessionId, UserId
from liveroom.store.sql.accounts.gathered_users import WITH_SESSIONS, gathered_users
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import MysqlDialect, PreparedStatements
from tests.counted import CountedEngine
from tests.servers import Mariadb
from tests.store.sql.samples import ACME, HOME, NOW, SECOND, session, user


async def test_every_field_of_a_user_comes_back(database: SqlDatabase) -> None:
    kept = user(
        tag="t",
        tag2="t2",
        phone="+8613800000000",
        email="a@b.cn",
        admin=True,
        banned_until=NOW + SECOND,
        ban_reason="spam",
        ended=NOW,
        deleted=NOW,
    )
    await database.users.add(kept)
    assert await database.users.get(kept.id) == kept


async def test_put_writes_every_field(database: SqlDatabase) -> None:
    await database.users.add(user())
    changed = user(name="👨‍👩‍👧‍👦", avatar="", tag="t", phone="1", email="e", admin=True, ban_reason="r", ended=NOW)
    changed = replace(changed, tenant=ACME, created=NOW - SECOND, updated=NOW)
    await database.users.put(changed)
    assert await database.users.get(changed.id) == changed


async def test_a_ban_for_ever_stays_one(database: SqlDatabase) -> None:
    banned = user(banned_until=datetime.max.replace(tzinfo=UTC))
    await database.users.add(banned)
    assert await database.users.get(banned.id) == banned


async def test_times_are_kept_to_the_millisecond(database: SqlDatabase) -> None:
    await database.users.add(replace(user(), created=NOW + timedelta(microseconds=999)))
    found = await database.users.get(user().id)
    assert found is not None
    assert found.created == NOW


@pytest.mark.parametrize("other", ["4000000", "40000001 ", " 40000001", "40000001\0", "４0000001"])
async def test_only_the_very_id_finds_a_user(database: SqlDatabase, other: str) -> None:
    await database.users.add(user())
    assert await database.users.get(UserId(other)) is None
    assert await database.users.list([UserId(other)]) == []
    assert await database.users.with_session(UserId(other), SessionId("s1")) is None


async def test_ids_differ_by_case(database: SqlDatabase) -> None:
    await database.users.add(user("acme-a"))
    await database.users.add(user("acme-A", name="other"))
    found = await database.users.get(UserId("acme-A"))
    assert found is not None
    assert found.name == "other"


async def test_list_returns_each_known_user_once(database: SqlDatabase) -> None:
    everyone = [user(str(number)) for number in range(1, 8)]
    for one in everyone:
        await database.users.add(one)
    asked = [UserId(str(number)) for number in (1, 3, 3, 5, 99)]
    found = await database.users.list(asked)
    assert sorted(one.id for one in found) == ["1", "3", "5"]
    assert await database.users.list([]) == []


async def test_a_user_comes_with_their_own_session_only(database: SqlDatabase) -> None:
    await database.users.add(user("1"))
    await database.users.add(user("2"))
    await database.sessions.add(session("s1", "1", ended=NOW, end=SessionEnd.LOGOUT))
    assert await database.users.with_session(UserId("1"), SessionId("s1")) == (
        user("1"),
        session("s1", "1", ended=NOW, end=SessionEnd.LOGOUT),
    )
    assert await database.users.with_session(UserId("2"), SessionId("s1")) == (user("2"), None)
    assert await database.users.with_session(UserId("1"), SessionId("other")) == (user("1"), None)
    assert await database.users.with_session(UserId("3"), SessionId("s1")) is None


async def test_users_asked_for_at_once_each_come_with_their_own_session(database: SqlDatabase) -> None:
    for number in range(1, 90):
        await database.users.add(user(str(number)))
        await database.sessions.add(session(f"s{number}", str(number)))
    await database.sessions.add(session("ended", "1", ended=NOW, end=SessionEnd.BANNED))
    asked = [(str(number), f"s{number}") for number in range(1, 90)]
    asked += [("1", "ended"), ("1", "s2"), ("2", "none"), ("none", "s3"), ("3 ", "s3"), ("3", "s3"), ("3", "s3 ")]
    found = await asyncio.gather(*(database.users.with_session(UserId(one), SessionId(its)) for one, its in asked))
    assert found == [
        *((user(str(number)), session(f"s{number}", str(number))) for number in range(1, 90)),
        (user("1"), session("ended", "1", ended=NOW, end=SessionEnd.BANNED)),
        (user("1"), None),
        (user("2"), None),
        None,
        None,
        (user("3"), session("s3", "3")),
        (user("3"), None),
    ]


async def test_names_asked_for_at_once_each_find_their_own_account(database: SqlDatabase) -> None:
    for number in range(1, 9):
        await database.users.add(user(str(number)))
        await database.users.add_credential(
            LoginCredential(HOME, f"N{number}", UserId(str(number)), f"s{number}"), f"n{number}"
        )
    await database.users.add(user("acme-1", ACME))
    await database.users.add_credential(LoginCredential(ACME, "n1", UserId("acme-1"), "a"), "n1")
    asked = [*((HOME, f"n{number}") for number in range(1, 9)), (ACME, "n1"), (ACME, "n2"), (HOME, "n1 "), (HOME, "n0")]
    found = await asyncio.gather(*(database.users.credential(*one) for one in asked))
    assert found == [
        *((LoginCredential(HOME, f"N{n}", UserId(str(n)), f"s{n}"), user(str(n))) for n in range(1, 9)),
        (LoginCredential(ACME, "n1", UserId("acme-1"), "a"), user("acme-1", ACME)),
        None,
        None,
        None,
    ]


async def test_names_that_are_asked_for_in_one_tick_are_one_statement_each_with_its_own_answer(
    database: SqlDatabase,
) -> None:
    await database.users.add_credential(LoginCredential(HOME, "admin1", UserId("1"), "sealed"), "admin1")
    counted = CountedEngine(database.engine)
    gathered = gathered_users(counted)
    asked = ((HOME, "admin1"), (HOME, "аdmin1"), (HOME, "other"), (ACME, "admin1"))
    taken = await asyncio.gather(*(gathered.looks_taken(*one) for one in asked))
    assert taken == [True, True, False, False]
    assert len(counted.asked) == 1


async def test_what_one_tick_asks_of_sessions_is_one_statement(database: SqlDatabase) -> None:
    """Each call of ``user_login_token`` was a statement of its own: 60 µs of 130."""
    counted = CountedEngine(database.engine)
    gathered = gathered_users(counted)
    await database.users.add(user("1"))
    await database.sessions.add(session("s1", "1"))
    found = await asyncio.gather(*(gathered.with_session(UserId("1"), SessionId("s1")) for _ in range(32)))
    assert found == [(user("1"), session("s1", "1"))] * 32
    assert len(counted.asked) == 1


@pytest.mark.services
async def test_whoever_has_signed_in_a_thousand_times_makes_no_other_login_slower(mariadb_template: Mariadb) -> None:
    """Sessions are found by their ids, whatever the server thinks of it."""
    database = await SqlDatabase.open(mariadb_template.url("store"))
    for number in range(1, 9):
        await database.users.add(user(f"often{number}"))
    for number in range(1_000):
        await database.sessions.add(session(f"often{number}", "often1"))
    await database.close()
    values = {"users": [f"often{n}" for n in range(1, 9)], "sessions": [f"often{n}" for n in range(8)]}
    text, arguments = PreparedStatements(MysqlDialect()).prepare(WITH_SESSIONS).arguments(values)
    plan = mariadb_template.execute(f"EXPLAIN {text % tuple(map(repr, arguments))}", "store")
    assert plan[1][2:6] == ["lr_sessions", "range", "PRIMARY", "PRIMARY"]


async def test_count_leaves_out_other_tenants_and_deleted_users(database: SqlDatabase) -> None:
    await database.users.add(user("1"))
    await database.users.add(user("2", deleted=NOW))
    await database.users.add(user("acme-3", ACME))
    assert await database.users.count(HOME) == 1


async def test_pages_go_through_a_tenant_in_the_order_of_ids(database: SqlDatabase) -> None:
    for id in ("1", "3", "2", "4"):
        await database.users.add(user(id))
    await database.users.add(user("acme-1", ACME))
    first = await database.users.page(HOME, UserId(""), 3)
    second = await database.users.page(HOME, first[-1].id, 3)
    assert [one.id for one in first] == ["1", "2", "3"]
    assert [one.id for one in second] == ["4"]


async def test_a_credential_comes_with_its_user(database: SqlDatabase) -> None:
    await database.users.add(user())
    kept = LoginCredential(HOME, "Ming😀", user().id, "sealed")
    assert await database.users.add_credential(kept, "ming😀")
    assert await database.users.credential(HOME, "ming😀") == (kept, user())
    assert await database.users.credential(ACME, "ming😀") is None
    assert await database.users.credential(HOME, "Ming😀") is None


async def test_a_taken_username_is_not_given_again(database: SqlDatabase) -> None:
    await database.users.add(user())
    mine = LoginCredential(HOME, "Ming", user().id, "sealed")
    assert await database.users.add_credential(mine, "ming")
    assert not await database.users.add_credential(replace(mine, user=UserId("2"), salt="theirs"), "ming")
    assert await database.users.credential(HOME, "ming") == (mine, user())
    assert await database.users.add_credential(replace(mine, tenant=ACME, user=UserId("3")), "ming")


async def test_of_many_who_register_one_name_at_once_one_gets_it(database: SqlDatabase) -> None:
    wanting = [LoginCredential(HOME, "Ming", UserId(str(number)), "sealed") for number in range(20)]
    added = await asyncio.gather(*(database.users.add_credential(one, "ming") for one in wanting))
    assert sum(added) == 1


async def test_a_removed_username_is_free_again(database: SqlDatabase) -> None:
    kept = LoginCredential(HOME, "Ming", user().id, "sealed")
    await database.users.add_credential(kept, "ming")
    await database.users.remove_credentials(user().id)
    assert await database.users.add_credential(replace(kept, user=UserId("2")), "ming")


async def test_a_user_who_is_there_already_is_refused(database: SqlDatabase) -> None:
    await database.users.add(user())
    with pytest.raises(DatabaseUnavailable) as refused:
        await database.users.add(user(name="second"))
    assert refused.value.__cause__ is not None
    assert await database.users.get(user().id) == user()


async def test_a_new_user_is_added_unless_the_id_is_somebodys(database: SqlDatabase) -> None:
    assert await database.users.add_new(user())
    assert not await database.users.add_new(user(name="second"))
    assert await database.users.get(user().id) == user()


@pytest.mark.parametrize("name", ["\ud800", "a\0b", "好" * 300, "a "], ids=["half a pair", "zero", "long", "space"])
async def test_a_text_is_kept_or_refused_but_never_changed(database: SqlDatabase, name: str) -> None:
    try:
        await database.users.add(user(name=name))
    except DatabaseUnavailable:
        assert await database.users.get(user().id) is None
    else:
        assert await database.users.get(user().id) == user(name=name)
