"""What rooms are found by, on both databases."""

from dataclasses import replace

from sqlalchemy import Connection

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.rooms.options import Access, PinnedMessage, RoomOptions
from liveroom.domain.rooms.search import UNLISTED, RoomTerm, SearchedRoom
from liveroom.store.sql import schema
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.schema import migrate
from tests.store.sql.samples import ACME, HOME, room, user


def term(word: str, room: str = "1", tenant: TenantName = HOME) -> RoomTerm:
    return RoomTerm(tenant, word, RoomId(room))


async def find(database: SqlDatabase, word: str, limit: int = 9, tenant: TenantName = HOME) -> list[str]:
    return list(await database.room_terms.find(tenant, word, limit))


async def test_rooms_are_found_by_how_their_terms_begin(database: SqlDatabase) -> None:
    terms = database.room_terms
    await terms.put({term("jazz", "2"), term("jazzy", "1"), term("jaz", "3"), term("ja", "4"), term("jb", "5")})
    await terms.put({term("jazz", "2"), term("jazz", "6", ACME), term("电台", "7"), term("电", "8"), term("😀", "9")})
    assert await find(database, "jaz") == ["3", "2", "1"]
    assert await find(database, "jaz", limit=2) == ["3", "2"]
    assert await find(database, "电台") == ["7"]
    assert await find(database, "电") == ["8", "7"]
    assert await find(database, "😀") == ["9"]
    assert await find(database, "jazz", tenant=ACME) == ["6"]
    assert await find(database, "J") == [] == await find(database, "jazzyy")
    assert set(await terms.among([RoomId("1"), RoomId("4"), RoomId("5")], "jaz")) == {"1"}
    assert set(await terms.among([], "jaz")) == set()
    await terms.drop({term("jaz", "3"), term("jazzy", "2")})
    await terms.drop(set())
    assert await find(database, "jaz") == ["2", "1"]
    assert set(await terms.of([RoomId("1"), RoomId("2"), RoomId("9")])) == {
        term("jazzy", "1"), term("jazz", "2"), term("😀", "9"),
    }  # fmt: skip


async def test_a_room_that_no_list_shows_is_searched_as_such(database: SqlDatabase) -> None:
    await database.users.add(user())
    for id, changes in {
        "1": {},
        "2": {"state": RoomStatus.CLOSED},
        "3": {"delisted": True},
        "4": {"options": RoomOptions(Access.PRIVATE)},
        "5": {"owner": UserId("nobody"), "tenant": ACME},
        "6": {"aside": True},
    }.items():
        await database.rooms.add(replace(room(id), **changes))  # type: ignore[arg-type]
    found = sorted(await database.room_terms.searched([RoomId(str(number)) for number in range(9)]))
    assert [one for one in found if one.listed] == [
        SearchedRoom(RoomId("1"), HOME, "Karaoke 🎶", "ktv", "小明🎤"),
        SearchedRoom(RoomId("5"), ACME, "Karaoke 🎶", "ktv", ""),
    ]
    assert [one.room for one in found if not one.listed] == ["2", "3", "4", "6"]
    assert {term[0] for one in found if not one.listed for term in one.terms()} == {UNLISTED}
    assert sorted(await database.room_terms.hosted([user().id, UserId("somebody")])) == ["1", "3", "4", "6"]
    assert await database.room_terms.hosted([]) == []


async def test_rooms_that_were_live_before_are_found_after_the_migration(empty_url: str) -> None:
    await migrate(empty_url, to="0014")
    names = (
        "id, tenant, holder, owner, state, created_by, updated_by, opened, updated, broadcast, category, title, cover"
    )
    more = "subject, description, capacity, kind, star, rev, room_bucket"

    def write(connection: Connection) -> None:
        for id, state in (("1", "live"), ("2", "closed")):
            connection.exec_driver_sql(
                f"INSERT INTO lr_rooms ({names}, {more}) VALUES "  # noqa: S608 - our own names
                f"('{id}', '', 'u', 'u', '{state}', 'u', 'u', 1, 1, 'b', 'ktv', 'Late jazz', "
                "'', '', '', 0, '', 0, 1, 0)"
            )

    await schema.on_connection(empty_url, write)
    await migrate(empty_url)
    database = await SqlDatabase.open(empty_url)
    assert set(await database.room_terms.of([RoomId("1"), RoomId("2")])) == {term("late"), term("jazz"), term("ktv")}
    await database.close()


async def test_a_pinned_message_is_kept_with_the_room(database: SqlDatabase) -> None:
    pinned = PinnedMessage(1764_000_000_123, UserId("1"), "小明🎤", 'a "text"\n', UserId("2"))
    kept = replace(room(), options=RoomOptions(pinned=pinned))
    await database.rooms.add(kept)
    assert await database.rooms.get(kept.id) == kept
    await database.rooms.put(room(rev=2))
    assert await database.rooms.get(kept.id) == room(rev=2)
