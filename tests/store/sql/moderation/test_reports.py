"""Reports: the newest first, of a room or of a tenant, until somebody resolves them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liveroom.domain.ids import RoomId, TenantName, UserId, new_id
from liveroom.domain.moderation.reports import Report, ReportState
from liveroom.ports import ReportQuery
from liveroom.store.sql.database import SqlDatabase

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FIRST = Report(
    new_id(NOW), TenantName(""), UserId("ann"), NOW, "spam", RoomId("r1"), UserId("bob"), "17", "坏话 😀", "看 😀"
)


async def filed(database: SqlDatabase, number: int, **values: object) -> list[Report]:
    """File reports a minute apart, and return them, the newest first."""
    made = [
        replace(FIRST, id=new_id(NOW + timedelta(minutes=step)), at=NOW + timedelta(minutes=step), **values)  # type: ignore[arg-type]
        for step in range(number)
    ]
    for report in made:
        await database.reports.add(report)
    return made[::-1]


def asked(
    room: str | None = "r1", before: str = "", limit: int = 9, but: tuple[str, ...] = (), **values: ReportState
) -> ReportQuery:
    state, without = values.get("state", ReportState.OPEN), frozenset(map(UserId, but))
    return ReportQuery(TenantName(""), None if room is None else RoomId(room), state, before, limit, without)


async def test_a_report_is_read_as_it_was_written(database: SqlDatabase) -> None:
    await database.reports.add(FIRST)
    assert await database.reports.get(FIRST.id) == FIRST
    assert await database.reports.lock(FIRST.id) == FIRST
    assert await database.reports.get("no such") is None


async def test_pages_are_of_one_room_or_of_the_tenant_and_begin_with_the_newest(database: SqlDatabase) -> None:
    ours = await filed(database, 4)
    elsewhere = await filed(database, 1, room=RoomId(""))
    await filed(database, 1, tenant=TenantName("other"))
    first = await database.reports.page(asked(limit=3))
    assert first == ours[:3]
    assert await database.reports.page(asked(before=first[-1].id)) == ours[3:]
    everywhere = await database.reports.page(asked(None))
    assert sorted(report.id for report in everywhere) == sorted(report.id for report in [*ours, *elsewhere])


async def test_what_concerns_some_people_or_the_room_itself_can_be_left_out(database: SqlDatabase) -> None:
    (bobs,) = await filed(database, 1)
    (anns,) = await filed(database, 1, target=UserId("ann"))
    (rooms,) = await filed(database, 1, target=UserId(""))
    await filed(database, 1, room=RoomId("r2"))
    assert await database.reports.page(asked(but=("", "bob"))) == [anns]
    assert {report.target for report in await database.reports.page(asked(but=("ann",)))} == {rooms.target, bobs.target}
    assert await database.reports.page(asked(but=("", "bob", "ann"))) == []


async def test_pages_are_of_one_user_in_all_rooms_and_states_or_as_far_as_is_asked(database: SqlDatabase) -> None:
    about = await filed(database, 3)
    direct = await filed(database, 1, room=RoomId(""), message="", reason="rude")
    await filed(database, 1, target=UserId(""))
    (theirs,) = await filed(database, 1, reporter=UserId("bob"), target=UserId("ann"))
    await filed(database, 1, tenant=TenantName("other"))
    done = replace(about[0], state=ReportState.RESOLVED, handled_by="key:k", handled=NOW, measure="warn")
    await database.reports.resolve(done)
    of_bob = ReportQuery(TenantName(""), None, None, "", 9, target=UserId("bob"))
    newest_first = sorted([done, *about[1:], *direct], key=lambda one: one.id, reverse=True)
    assert await database.reports.page(of_bob) == newest_first
    assert await database.reports.page(of_bob._replace(before=done.id)) == newest_first[1:]
    assert await database.reports.page(of_bob._replace(state=ReportState.RESOLVED)) == [done]
    assert await database.reports.page(of_bob._replace(room=RoomId("r1"), state=ReportState.OPEN)) == about[1:]
    assert await database.reports.page(of_bob._replace(reason="rude")) == direct
    by_bob = of_bob._replace(target=UserId(""), reporter=UserId("bob"))
    assert await database.reports.page(by_bob) == [theirs]


async def test_one_that_is_resolved_stays_as_it_was_resolved_first(database: SqlDatabase) -> None:
    await database.reports.add(FIRST)
    done = replace(FIRST, state=ReportState.RESOLVED, handled_by="user:cid", handled=NOW, outcome="warned")
    await database.reports.resolve(done)
    await database.reports.resolve(replace(done, handled_by="key:k", outcome="nothing"))
    assert await database.reports.page(asked(state=ReportState.RESOLVED)) == [done]
    assert await database.reports.page(asked()) == []


async def test_old_ones_are_dropped_by_the_batch(database: SqlDatabase) -> None:
    kept = (await filed(database, 5))[:2]
    before = kept[-1].at
    dropped = [await database.reports.purge(before, 2) for _ in range(3)]
    assert dropped == [2, 1, 0]
    assert await database.reports.page(asked()) == kept
