"""Sessions, their ends, and login signatures, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import EndedSessions, Session, SessionEnd
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import SessionId, UserId, user_bucket
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import NOW, SECOND, session, user

ME = UserId("40000001")


async def _session(database: SqlDatabase, id: str) -> Session | None:
    found = await database.users.with_session(ME, SessionId(id))
    assert found is not None
    return found[1]


async def test_open_sessions_are_those_of_the_user_that_have_not_ended(database: SqlDatabase) -> None:
    await database.sessions.add(session("s1"))
    await database.sessions.add(session("s2"))
    await database.sessions.add(session("s3", ended=NOW, end=SessionEnd.LOGOUT))
    await database.sessions.add(session("s4", "2"))
    assert sorted(await database.sessions.open_of(ME)) == ["s1", "s2"]


async def test_an_ended_session_says_when_and_why(database: SqlDatabase) -> None:
    await database.users.add(user())
    await database.sessions.add(session())
    await database.sessions.end(session(), NOW + SECOND, SessionEnd.LOGOUT)
    assert await _session(database, "s1") == session(ended=NOW + SECOND, end=SessionEnd.LOGOUT)


async def test_of_two_ends_the_first_is_kept(database: SqlDatabase) -> None:
    await database.users.add(user())
    await database.sessions.add(session())
    await database.sessions.end(session(), NOW, SessionEnd.LOGOUT)
    await database.sessions.end(session(), NOW + SECOND, SessionEnd.BANNED)
    assert await _session(database, "s1") == session(ended=NOW, end=SessionEnd.LOGOUT)


async def test_a_session_without_a_row_can_end(database: SqlDatabase) -> None:
    await database.users.add(user())
    await database.sessions.end(session("~original"), NOW, SessionEnd.LOGOUT)
    assert await _session(database, "~original") == session("~original", ended=NOW, end=SessionEnd.LOGOUT)


async def test_ending_all_leaves_earlier_ends_and_other_users_alone(database: SqlDatabase) -> None:
    await database.users.add(user())
    await database.sessions.add(session("s1"))
    await database.sessions.add(session("s2", ended=NOW, end=SessionEnd.LOGOUT))
    await database.sessions.add(session("s3", "2"))
    await database.sessions.end_all(ME, NOW + SECOND, SessionEnd.BANNED)
    assert await _session(database, "s1") == session("s1", ended=NOW + SECOND, end=SessionEnd.BANNED)
    assert await _session(database, "s2") == session("s2", ended=NOW, end=SessionEnd.LOGOUT)
    assert await database.sessions.open_of(UserId("2")) == ["s3"]


async def test_a_signature_used_again_names_its_first_use(database: SqlDatabase) -> None:
    assert await database.sessions.use_signature("d", SessionId("s1"), NOW) == ("s1", NOW)
    assert await database.sessions.use_signature("d", SessionId("s2"), NOW + SECOND) == ("s1", NOW)
    assert await database.sessions.use_signature("other", SessionId("s2"), NOW) == ("s2", NOW)


async def test_one_signature_used_by_many_at_once_opens_one_session(database: SqlDatabase) -> None:
    async def use(number: int) -> SessionId:
        async def work(tx: Tx) -> SessionId:
            return (await tx.sessions.use_signature("d", SessionId(f"s{number}"), NOW))[0]

        return await database.transact(work)

    assert len(set(await asyncio.gather(*map(use, range(20))))) == 1


async def test_purge_drops_old_signatures_and_sessions_ended_long_ago_within_its_limit(database: SqlDatabase) -> None:
    await database.users.add(user())
    old, now = NOW - timedelta(days=90), NOW
    for number in range(3):
        await database.sessions.use_signature(f"old{number}", SessionId("s"), old)
        await database.sessions.add(session(f"old{number}", ended=old, end=SessionEnd.LOGOUT))
    await database.sessions.use_signature("new", SessionId("first"), now)
    await database.sessions.add(session("open", created=old))
    await database.sessions.add(session("new", ended=now, end=SessionEnd.LOGOUT))
    dropped = [await database.sessions.purge(NOW - timedelta(days=31), 4) for _ in range(3)]
    assert dropped == [4, 2, 0]
    assert await database.sessions.use_signature("new", SessionId("second"), now) == ("first", now)
    assert await database.sessions.open_of(ME) == ["open"]
    assert await _session(database, "new") is not None


async def test_a_lost_bucket_is_told_which_of_its_sessions_have_ended(database: SqlDatabase) -> None:
    await database.users.add(user(ended=NOW + SECOND))
    await database.users.add(user("2", ended=NOW - SECOND))
    for id, ended in (("s1", NOW), ("s2", NOW + SECOND), ("s3", NOW - SECOND)):
        await database.sessions.add(session(id, ended=ended, end=SessionEnd.LOGOUT))
    await database.sessions.add(session("open"))
    (found,) = await database.outbox.ended_sessions(user_bucket(ME), NOW)
    assert sorted(found.sessions) == ["s1", "s2"]
    assert found == EndedSessions(ME, found.sessions, NOW + SECOND, original_before=NOW + SECOND)
    other = (user_bucket(ME) + 1) % 128
    assert await database.outbox.ended_sessions(other, NOW) == []


async def test_sessions_that_ended_without_their_user_end_nothing_of_the_original(database: SqlDatabase) -> None:
    await database.users.add(user())
    await database.sessions.add(session(ended=NOW, end=SessionEnd.LOGOUT))
    found = await database.outbox.ended_sessions(user_bucket(ME), NOW)
    assert found == [EndedSessions(ME, (SessionId("s1"),), NOW)]


async def test_a_session_that_is_there_already_is_refused_with_its_cause(database: SqlDatabase) -> None:
    await database.sessions.add(session())
    with pytest.raises(DatabaseUnavailable) as refused:
        await database.sessions.add(session(tag="second"))
    assert refused.value.__cause__ is not None
