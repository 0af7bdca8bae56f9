"""Messages in SQL: all of one comes back, pages by broadcast, and what a late write may change; on both databases."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import Message, MessageType, Priority, recalled
from liveroom.domain.presence.members import Role
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from tests.store.sql.samples import NOW, SECOND

ROOM = RoomId("700")
FIRST = BroadcastId("b-700")
DATA = '{"emote":"🎉","n":[1,2.5,null],"quoted":"\\" \\\\"}'.encode()


def message(number: int = 1_795_687_200_123, **given: Any) -> Message:
    said = Message(
        room=ROOM,
        tenant=TenantName("acme"),
        broadcast=FIRST,
        number=number,
        at=NOW,
        user=UserId("40000002"),
        name="小明 😀",
        avatar="https://a/1.png",
        role=Role.MODERATOR,
        type=MessageType.TEXT,
        priority=Priority.NORMAL,
        text='你好 "there"\n\t\\',
        data=b"",
    )
    return said._replace(**given)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"data": DATA, "type": MessageType.CUSTOM, "priority": Priority.LOW},
        {"text": "", "data": b"{}", "type": MessageType.CUSTOM},
        {"user": UserId(""), "name": "", "avatar": "", "role": None, "type": MessageType.NOTICE,
         "priority": Priority.HIGH},
        {"text": "x" * 500, "data": b'{"x":"%s"}' % (b"y" * 2000)},
        {"text": "", "recalled": NOW + SECOND, "recalled_by": UserId("40000001")},
        *({"role": role} for role in Role),
    ],
    ids=str,
)  # fmt: skip
async def test_every_field_comes_back(database: SqlDatabase, given: dict[str, Any]) -> None:
    said = message(**given)
    await database.messages.put([said])
    assert await database.messages.get(ROOM, said.number) == said


async def test_a_room_and_a_number_name_a_message(database: SqlDatabase) -> None:
    await database.messages.put([message(5), message(5, room=RoomId("701"), text="elsewhere")])
    found = await database.messages.get(RoomId("701"), 5)
    assert found is not None
    assert found.text == "elsewhere"
    assert await database.messages.get(ROOM, 6) is None
    assert await database.messages.get(RoomId("7"), 5) is None


async def test_pages_are_of_a_broadcast_and_the_newest_come_first(database: SqlDatabase) -> None:
    said = [message(number) for number in range(1, 8)]
    later = message(9, broadcast=BroadcastId("b-701"))
    await database.messages.put([later, *said])
    page = database.messages.page
    assert await page(FIRST, None, 3) == said[:3:-1]
    assert await page(FIRST, 5, 3) == said[3:0:-1]
    assert await page(FIRST, 1, 3) == []
    assert await page(BroadcastId("b-701"), None, 10) == [later]


async def test_the_last_number_is_the_rooms_in_any_broadcast(database: SqlDatabase) -> None:
    assert await database.messages.last(ROOM) is None
    await database.messages.put([message(5), message(3, broadcast=BroadcastId("b-1")), message(8, room=RoomId("701"))])
    assert await database.messages.last(ROOM) == (5, FIRST)


async def test_a_recall_is_taken_over_in_any_order_and_never_undone(database: SqlDatabase) -> None:
    """The journal writes again what it does not know to be written."""
    said = message(data=DATA)
    first = recalled(said, UserId("40000001"), NOW + SECOND)
    second = recalled(said, UserId("40000009"), NOW + 2 * SECOND)
    for number, order in enumerate(itertools.permutations((said, first, second))):
        other = [one._replace(number=number + 1) for one in order]
        await database.messages.put(other[:1])
        await database.messages.put(other[1:])
        found = await database.messages.get(ROOM, number + 1)
        assert found is not None
        assert (found.text, found.data) == ("", b"")
        assert found.recalled_by == next(one for one in order if one.recalled is not None).recalled_by


async def test_a_late_write_brings_no_name_and_no_word_back(database: SqlDatabase) -> None:
    """Of a user who was deleted since."""
    said = message()
    await database.messages.put([said])
    erasure = "UPDATE lr_messages SET user_id = 'gone-1', name = '', avatar = '', body = ''"
    await database.engine.run(statement(text(erasure)))
    await database.messages.put([said, recalled(said, said.user, NOW)])
    found = await database.messages.get(ROOM, said.number)
    assert found is not None
    assert (found.user, found.name, found.avatar, found.text) == ("gone-1", "", "", "")


async def test_a_great_batch_is_written(database: SqlDatabase) -> None:
    said = [message(number, at=NOW + timedelta(milliseconds=number)) for number in range(1, 1201)]
    await database.messages.put(said)
    await database.messages.put(said[::-1])
    assert await database.messages.page(FIRST, None, 2000) == said[::-1]
    await database.messages.put([])
