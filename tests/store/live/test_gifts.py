"""Gifts in a room: each batch counts once and is told once, the dear ones one by one, in order with everything else."""

from dataclasses import replace

import msgspec
import pytest

from liveroom.domain.errors import RoomNotFound
from liveroom.domain.events.model import CROWD, PACE, Announcement, Cause, Event, EventKind
from liveroom.domain.gifts.events import DEAREST, REMEMBERED, GiftRank, GiftTotals
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.model import LiveRoom
from tests.store.live.giving import GiftRows, batch, flood, gift, of_gifts, said
from tests.store.live.listener import R1, RecordingListener, listen
from tests.store.live.world import World

ANN, BOB, CID = map(UserId, ("ann", "bob", "cid"))


async def keep_back(world: World) -> LiveRoom:
    """Change the room, so that everything in it waits for ``world.release``: longer than the pace lasts."""
    row, policy, card = world.recovery.rooms[R1]
    live = await world.live.put_room(replace(row, rev=row.rev + 1, title="another"), policy, card)
    assert live is not None
    return live


async def told(listener: RecordingListener) -> list[Event]:
    """Let what is gathered leave; return the events that were received and not asked for yet."""
    before = listener.read.get(R1, 0)
    await listener.new_events()
    return listener.events()[before:]


async def test_gifts_are_counted_ranked_shown_and_told(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    gifts = world.live.gifts
    assert await gifts.totals(R1, DEFAULT_TENANT) == GiftTotals()
    first = batch("1", gift("g1", 5), gift("g2", 7, "cid", count=3))
    assert await gifts.tell(first) == GiftTotals(12, 4, 2)
    assert await gifts.tell(batch("2", gift("g3", 1, receiver=CID))) == GiftTotals(13, 5, 2)
    assert await gifts.totals(R1, DEFAULT_TENANT) == GiftTotals(13, 5, 2)
    assert await gifts.senders(R1, DEFAULT_TENANT, 10) == [GiftRank(CID, 7), GiftRank(BOB, 6)]
    assert await gifts.senders(R1, DEFAULT_TENANT, 1) == [GiftRank(CID, 7)]
    assert await gifts.receivers(R1, DEFAULT_TENANT, 10) == [GiftRank(ANN, 12), GiftRank(CID, 1)]
    assert (await world.live.channels.snapshot(R1, DEFAULT_TENANT)).gifts == GiftTotals(13, 5, 2)
    events = [event for event in await told(listener) if event.kind.startswith("gift.")]
    assert of_gifts(events) == ["g1", "g2", "g3"]
    assert said(events[-1]) == (13, 5, 2)
    assert {(event.cause, event.by, event.member) for event in events} == {(Cause.CALL, None, None)}


async def test_a_batch_that_comes_again_changes_nothing_until_it_may_be_forgotten(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    gifts = world.live.gifts
    assert await gifts.tell(batch("1", gift("g1", 5))) == GiftTotals(5, 1, 1)
    assert await gifts.tell(batch("1", gift("g1", 5))) == GiftTotals(5, 1, 1)
    assert await gifts.tell(batch("2", gift("g2", 2), forget=("1", "0"))) == GiftTotals(7, 2, 1)
    assert await gifts.tell(batch("2", gift("g2", 2), forget=("1", "0"))) == GiftTotals(7, 2, 1)
    assert await gifts.tell(batch("1", gift("g1", 5))) == GiftTotals(7, 2, 1), "somebody was slow"
    assert of_gifts(await told(listener)) == ["g1", "g2"]
    world.clock.advance(REMEMBERED)
    assert await gifts.tell(batch("3", gift("g3"), forget=("2",))) == GiftTotals(8, 3, 1)
    assert await gifts.tell(batch("2", gift("g2", 2))) == GiftTotals(8, 3, 1)
    assert await gifts.tell(batch("1", gift("g1", 5))) == GiftTotals(13, 4, 1), "nothing is known of it any more"


async def test_gifts_of_another_broadcast_room_or_tenant_are_not_told(world: World) -> None:
    row = await world.go_live()
    gifts = world.live.gifts
    wrong = batch("1", gift("g1"))
    others = wrong._replace(broadcast=BroadcastId("b0")), wrong._replace(room=RoomId("r9"))
    assert [await gifts.tell(one) for one in (*others, wrong._replace(tenant=TenantName("t")))] == [None] * 3
    assert await gifts.tell(batch("2", gift("g2", 3))) == GiftTotals(3, 1, 1)
    with pytest.raises(RoomNotFound):
        await gifts.totals(R1, TenantName("t"))
    await world.put(replace(row, rev=2, broadcast=BroadcastId("r1-b2")))
    assert await gifts.totals(R1, DEFAULT_TENANT) == GiftTotals()
    assert await gifts.receivers(R1, DEFAULT_TENANT, 5) == []
    assert await gifts.tell(batch("3", gift("g3"))) is None
    assert await gifts.tell(batch("2", gift("g2"), broadcast=BroadcastId("r1-b2"))) == GiftTotals(1, 1, 1)
    await world.close_room(replace(row, rev=3))
    assert await gifts.tell(batch("4", gift("g4"), broadcast=BroadcastId("r1-b2"))) is None
    for read in (gifts.senders, gifts.receivers):
        with pytest.raises(RoomNotFound):
            await read(R1, DEFAULT_TENANT, 1)


async def test_of_many_gifts_the_dearest_have_events_and_the_others_are_one(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await listener.new_events()
    cheap, dear = flood(100), flood(DEAREST - 1, first=100, coins=9)
    await world.live.gifts.tell(batch("1", *cheap[:50], *dear, *cheap[50:]))
    await listener.catch_up()
    (found,) = [one for one in listener.publications() if any(event.kind == "gift.sent" for event in one.events)]
    assert [said(event) for event in found.events] == [
        *(f"g{number}" for number in range(100, 100 + DEAREST - 1)),
        "g99",
        (99, 99),
        (99 + 1 + 9 * (DEAREST - 1), 100 + DEAREST - 1, 100 + DEAREST - 1),
    ]
    numbers = [event.seq for event in found.events]
    assert numbers == sorted(set(numbers))
    assert (await world.live.channels.snapshot(R1, DEFAULT_TENANT)).seq == numbers[-1]


async def test_gifts_of_several_batches_wait_together(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await listener.new_events()
    kept = await keep_back(world)
    for number in range(5):
        await world.live.gifts.tell(batch(f"{number}", *flood(6, first=6 * number)))
    assert of_gifts(listener.events()) == []
    await world.release(kept)
    *gifts, more = of_gifts(await told(listener))
    assert gifts == [f"g{number}" for number in range(30 - DEAREST, 30)]
    assert more == (30 - DEAREST, 30 - DEAREST)
    await world.live.gifts.tell(batch("6", gift("x")))
    assert of_gifts(await told(listener)) == ["x"], "those that were told are gone"


async def test_a_gift_that_is_urgent_leaves_at_once_with_those_before_it(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await listener.new_events()
    gifts = world.live.gifts
    await gifts.tell(batch("0", gift("g0")))
    await gifts.tell(batch("1", gift("g1"), gift("g2")))
    await gifts.tell(batch("2", gift("g3"), gift("G", 9999, urgent=True), gift("g4")))
    await listener.catch_up()
    assert of_gifts(listener.events()) == ["g0", "g1", "g2", "g3", "G", "g4"]
    assert said(listener.events()[-1]) == (10004, 6, 1)
    listener.news()
    await gifts.tell(batch("3", *(gift(f"U{number}", urgent=True) for number in range(DEAREST + 5))))
    assert of_gifts(await told(listener)) == [f"U{number}" for number in range(DEAREST + 5)]


async def test_gifts_stand_where_they_came_among_everything_else(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await listener.new_events()
    kept = await keep_back(world)
    await world.enter("cid")
    await world.live.gifts.tell(batch("1", gift("g1"), gift("U", urgent=True), gift("g2")))
    await world.leave("cid")
    await world.live.gifts.tell(batch("2", gift("g3")))
    notice = Announcement("n1", EventKind.ROOM_NOTICE, b'{"text":"hi","data":null}')
    await world.live.channels.announce(R1, DEFAULT_TENANT, notice)
    await world.release(kept)
    await listener.catch_up()
    events = listener.publications()[-1].events
    assert [event.kind for event in events] == [
        "room.updated", "member.entered", "gift.sent", "gift.sent", "gift.sent", "member.left", "gift.sent",
        "gift.totals", "room.notice", "room.counts",
    ]  # fmt: skip
    assert of_gifts(events) == ["g1", "U", "g2", "g3"]
    numbers = [event.seq for event in events]
    assert numbers == sorted(set(numbers))


async def test_a_crowd_is_told_of_gifts(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    for number in range(CROWD + 1):
        await world.enter(f"m{number}")
    await listener.new_events()
    await world.enter("late")
    await world.live.gifts.tell(batch("1", *flood(3)))
    assert of_gifts(await told(listener)) == ["g0", "g1", "g2"]


async def test_gifts_that_come_late_count_and_only_their_sums_are_told(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await listener.new_events()
    assert await world.live.gifts.tell(batch("1", gift("g1", 4), late=True)) == GiftTotals(4, 1, 1)
    assert [(event.kind, said(event)) for event in await told(listener)] == [(EventKind.GIFT_TOTALS, (4, 1, 1))]
    assert await world.live.gifts.tell(batch("1", gift("g1", 4))) == GiftTotals(4, 1, 1)
    assert await listener.new_events() == []


async def test_where_nobody_listens_gifts_are_counted_and_not_told(world: World) -> None:
    await world.go_live()
    await world.live.gifts.tell(batch("1", *flood(50)))
    assert (await world.live.channels.positions([R1]))[R1].offset == 0
    listener = await listen(world)
    await world.live.gifts.tell(batch("2", gift("g2", 3)))
    assert [said(event) for event in await told(listener)] == ["g2", (53, 51, 51)]


async def test_gifts_that_wait_leave_before_the_last_words_of_a_room(world: World) -> None:
    listener = await listen(world)
    row = await world.go_live()
    await listener.new_events()
    await world.enter("bob")
    await world.live.gifts.tell(batch("1", *flood(DEAREST + 2)))
    await world.close_room(replace(row, rev=2))
    await listener.closed()
    kinds = [event.kind for event in listener.events()]
    assert kinds[-1] == EventKind.ROOM_CLOSED
    assert kinds.count(EventKind.GIFT_SENT) == DEAREST
    (more,) = [event for event in listener.events() if event.kind is EventKind.MORE_GIFTS]
    assert said(more) == (2, 2)


async def test_gifts_that_wait_begin_a_new_epoch(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await listener.new_events()
    kept = await keep_back(world)
    await world.live.gifts.tell(batch("1", *flood(DEAREST + 2)))
    where = (await world.live.channels.positions([R1]))[R1]
    await world.live.channels.renew_epoch(R1, where.epoch)
    await world.live.gifts.tell(batch("2", gift("g9", 9)))
    await world.release(kept)
    await listener.catch_up()
    ((_, epoch, publication),) = [one for one in listener.received if one[1] != where.epoch]
    events = publication.events
    assert len([event for event in events if event.kind is EventKind.GIFT_SENT]) == DEAREST + 1
    assert [event.seq for event in events][:5] == [1, 2, 3, 4, 5]
    totals = [said(event)[:2] for event in events if event.kind is EventKind.GIFT_TOTALS]
    assert totals == [(DEAREST + 2, DEAREST + 2), (DEAREST + 11, DEAREST + 3)]
    assert epoch == (await world.live.channels.positions([R1]))[R1].epoch


async def test_a_lost_room_has_what_sql_knows_and_tells_what_was_not_told(world: World) -> None:
    rows = GiftRows()
    row = await world.go_live()
    gifts = (
        rows.commit(batch("1", gift("g1", 5), gift("g2", 7, "cid", count=3))),
        rows.commit(batch("2", gift("g3", 2))),
    )
    await world.live.gifts.tell(gifts[0])
    rows.pending.discard("1")
    world.recovery.gifts[row.broadcast] = rows.so_far()
    await world.lose()
    listener = await listen(world)
    live = world.live.gifts
    assert await live.totals(R1, DEFAULT_TENANT) == rows.totals == GiftTotals(14, 5, 2)
    assert await live.senders(R1, DEFAULT_TENANT, 9) == [GiftRank(CID, 7), GiftRank(BOB, 7)]
    assert await live.receivers(R1, DEFAULT_TENANT, 9) == [GiftRank(ANN, 14)]
    assert (await world.live.channels.snapshot(R1, DEFAULT_TENANT)).gifts == GiftTotals(14, 5, 2)
    assert await live.tell(gifts[0]) == GiftTotals(14, 5, 2), "a process does not know that it was told"
    assert await live.tell(gifts[1]) == GiftTotals(14, 5, 2), "it is among them"
    assert await live.tell(gifts[1]) == GiftTotals(14, 5, 2)
    assert await live.tell(batch("3", gift("g4", 1, "cid"), forget=("1", "2"))) == GiftTotals(15, 6, 2)
    assert of_gifts(await told(listener)) == ["g3", "g4"]


async def test_a_room_with_many_givers_comes_back_whole(world: World) -> None:
    rows = GiftRows()
    row = await world.go_live()
    for number in range(12):
        rows.commit(batch(f"{number}", *flood(100, first=100 * number, coins=number + 1)))
    world.recovery.gifts[row.broadcast] = rows.so_far()
    await world.lose()
    found = await world.live.gifts.senders(R1, DEFAULT_TENANT, 5000)
    assert (len(found), sum(rank.coins for rank in found)) == (1200, 100 * sum(range(1, 13)))
    assert await world.live.gifts.totals(R1, DEFAULT_TENANT) == rows.totals


async def test_the_data_of_a_gift_arrives_as_it_was_given(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    data = msgspec.json.encode({"sentId": "g", "name": '玫瑰 "rose" \\ \u0000', "coins": 2**53 - 1})
    await world.live.gifts.tell(batch("1", replace(gift("g", 2**53 - 1), data=data)))
    world.clock.advance(PACE)
    *_, sent, totals = [event for event in await told(listener) if event.kind.startswith("gift.")]
    assert (sent.data, said(totals)) == (data, (2**53 - 1, 1, 1))
