"""Dead letters and the log of deliveries in SQL."""

from typing import Any

from liveroom.domain.events.records import NewEvent, Target
from liveroom.domain.webhooks.deliveries import DeadLetter, Delivery
from liveroom.ports import FIRST_KEPT, Kept
from liveroom.store.sql.database import SqlDatabase
from tests.payloads import saying
from tests.store.sql.samples import ACME, HOME, NOW, SECOND


def dead(id: str, target: str = "wh_1", **changes: Any) -> DeadLetter:
    one = DeadLetter(id, target, ACME, "room:1", 3, "room.opened", NOW, NOW + SECOND, "HTTP 500", '{"title":"歌 🎶"}')
    return one._replace(**changes)


async def test_a_dead_letter_is_kept_whole_and_only_once(database: SqlDatabase) -> None:
    await database.dead_letters.add([dead("e1"), dead("e2", died=NOW)])
    await database.dead_letters.add([dead("e1", reason="another")])
    assert await database.dead_letters.list("wh_1", 10) == [dead("e2", died=NOW), dead("e1")]
    assert await database.dead_letters.count("wh_1") == 2
    assert await database.dead_letters.count("wh_2") == 0
    assert await database.dead_letters.purge("wh_1", NOW + SECOND, 10) == 1
    assert [one.id for one in await database.dead_letters.list("wh_1", 10)] == ["e1"]


async def test_dead_letters_are_due_when_somebody_asks_for_them_again(database: SqlDatabase) -> None:
    await database.dead_letters.add([dead("e1"), dead("e2", seq=2), dead("e3", "wh_2")])
    assert await database.dead_letters.due(NOW) == []
    assert await database.dead_letters.replay("wh_1", NOW, id="none") == 0
    assert await database.dead_letters.replay("wh_1", NOW) == 2
    await database.dead_letters.replay("wh_2", NOW, since=NOW)
    assert sorted(await database.dead_letters.due(NOW)) == ["wh_1", "wh_2"]
    taken = await database.dead_letters.take("wh_1", NOW, 10)
    assert [one.id for one in taken] == ["e2", "e1"]
    await database.dead_letters.reschedule("wh_1", ["e1"], None)
    await database.dead_letters.reschedule("wh_1", ["e2"], NOW + SECOND)
    assert await database.dead_letters.due(NOW) == ["wh_2"]
    await database.dead_letters.remove("wh_2", ["e3"])
    assert await database.dead_letters.due(NOW + SECOND) == ["wh_1"]
    assert await database.dead_letters.drop("wh_1", 10) == 2


async def test_kept_events_are_copied_by_the_page_each_once_and_only_those_wanted(database: SqlDatabase) -> None:
    target = Target("wh_1", frozenset({"room.*"}), frozenset())
    for stream, tenant in (("room:1", HOME), ("room:2", HOME), ("room:3", ACME)):
        events = [NewEvent(kind, "", NOW, saying()) for kind in ("room.opened", "member.entered", "room.closed")]
        await database.events.append(tenant, stream, events, [target], NOW)
    await database.events.append(HOME, "room:1", [NewEvent("room.opened", "", NOW, saying())], [target], NOW + SECOND)
    count, place = 0, FIRST_KEPT
    more: Kept | None = place
    while more is not None:
        copied, more = await database.dead_letters.copy(target, HOME, NOW, after=more, now=NOW, limit=2)
        count += copied
    copies = await database.dead_letters.take("wh_1", NOW, 100)
    assert count == len(copies) == 5
    assert {one.kind for one in copies} == {"room.opened", "room.closed"}


async def test_the_log_of_deliveries_keeps_the_newest(database: SqlDatabase) -> None:
    sent = [Delivery("wh_1", NOW, f"m{number}", 3, 500, 12, "HTTP 500") for number in range(6)]
    for delivery in sent:
        await database.deliveries.add(delivery)
    await database.deliveries.add(sent[0]._replace(target="wh_2"))
    assert await database.deliveries.list("wh_1", 2) == [sent[5], sent[4]]
    assert await database.deliveries.trim("wh_1", 10, 100) == 0
    assert await database.deliveries.trim("wh_1", 2, 3) == 3
    assert await database.deliveries.trim("wh_1", 2, 3) == 1
    assert await database.deliveries.list("wh_1", 10) == [sent[5], sent[4]]
    assert len(await database.deliveries.list("wh_2", 10)) == 1
