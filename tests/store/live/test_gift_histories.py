"""Gifts in whatever order: batches that come again, late, after others, in a new epoch or after a loss.

What a room has is the sum of its batches, each once. Each gift is in one ``gift.sent``, or counted in one
``gift.more``.
"""

import asyncio
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveroom.domain.events.model import PACE, Announcement, EventKind
from liveroom.domain.gifts.events import DEAREST, GiftBatch
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId
from liveroom.domain.rooms.model import Room
from tests.store.live.giving import GiftRows, batch, gift, said
from tests.store.live.listener import RecordingListener, listen
from tests.store.live.world import World

_rooms = itertools.count(1)
Wanted = tuple[list[tuple[int, int, bool]], int]
"""Coins, count and urgency of some gifts, and how often all of them are sent."""
_NOTICE: Final = Announcement("", EventKind.ROOM_NOTICE, b'{"text":"hi","data":null}')
_SORT: Final = st.tuples(st.integers(1, 9), st.integers(1, 3), st.sampled_from([False, False, False, True]))
_GIFTS: Final = st.tuples(st.lists(_SORT, min_size=1, max_size=4), st.sampled_from([1, 1, 1, 9, 30]))
_STEPS: Final = st.tuples(
    st.sampled_from(
        ["send", "send", "send", "send", "late", "commit", "again", "again", "forget", "pass", "enter", "leave",
         "notice", "epoch", "lose", "reopen"]
    ),
    _GIFTS,
    st.integers(0, 5),
)  # fmt: skip


@dataclass
class GiftHand:
    """One room, what was committed for it, and what has to come of that."""

    world: World
    row: Room
    listener: RecordingListener
    rows: GiftRows = field(default_factory=GiftRows)
    told: dict[str, GiftBatch] = field(default_factory=dict)
    """Batches of which the room was told."""
    since: int = 0
    """How many publications were received of former broadcasts."""
    counted: set[str] = field(default_factory=set)
    """Those that the room has counted."""
    forgotten: set[str] = field(default_factory=set)
    """Those that nobody tells again: their outbox row is gone."""
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def commit(self, wanted: Wanted, *, late: bool = False) -> GiftBatch:
        id, (sorts, times) = f"b{next(self.numbers)}", wanted
        gifts = [
            gift(f"{id}-{number}", coins * number_of, f"u{coins}", count=number_of, urgent=urgent)
            for number, (coins, number_of, urgent) in enumerate(sorts * times)
        ]
        made = batch(id, *gifts, room=self.row.id, broadcast=self.row.broadcast, late=late)
        return self.rows.commit(made)

    async def tell(self, one: GiftBatch) -> None:
        answer = await self.world.live.gifts.tell(one)
        self.told.setdefault(one.id, one)
        self.counted.add(one.id)
        self.rows.pending.discard(one.id)
        assert answer is not None

    async def step(self, what: str, wanted: Wanted, number: int) -> None:
        """Do one thing; ``number`` says to what."""
        known = list(self.rows.batches.values())
        one = known[-1 - number % len(known)] if known else None
        if what in ("send", "late"):
            await self.tell(self.commit(wanted, late=what == "late")._replace(forget=tuple(sorted(self.forgotten))))
        elif what == "commit":
            self.commit(wanted)
        elif what == "again" and one is not None and one.id not in self.forgotten:
            await self.tell(one)
        elif what == "forget" and one is not None and one.id in self.told:
            self.forgotten.add(one.id)
        elif what in ("lose", "reopen"):
            await (self.lose() if what == "lose" else self.reopen())
        else:
            await self.happen(what, number)

    async def happen(self, what: str, number: int) -> None:
        """Let something else happen in the room."""
        channels, room = self.world.live.channels, self.row.id
        if what == "pass":
            await self.leave(PACE * number / 4)
        elif what in ("enter", "leave"):
            act = self.world.enter if what == "enter" else self.world.leave
            await act(f"{room}-{number}", room)
        elif what == "notice":
            await channels.announce(room, DEFAULT_TENANT, _NOTICE._replace(id=f"n{next(self.numbers)}"))
        elif what == "epoch":
            await channels.renew_epoch(room, (await channels.positions([room]))[room].epoch)

    async def leave(self, after: Any = PACE) -> None:
        """Let what is due leave."""
        self.world.clock.advance(after)
        await self.world.live.channels.gathered()

    async def lose(self) -> None:
        """Lose the store; what was told before is received."""
        await self.check()
        self.world.recovery.gifts[self.row.broadcast] = self.rows.so_far()
        await self.world.lose()
        await self.world.live.room(self.row.id)
        self.listener, self.since = await listen(self.world, self.row.id), 0
        self.counted = set(self.rows.batches)
        self.forgotten |= set(self.told)
        self.told = {}

    async def reopen(self) -> None:
        """Let another broadcast begin, of which no batch of the former one is."""
        await self.leave()
        await self.check()
        rev = self.row.rev + 1
        self.row = self.world.row(self.row.id, rev=rev, broadcast=BroadcastId(f"{self.row.id}-b{rev}"))
        await self.world.put(self.row)
        for one in self.rows.batches.values():
            assert await self.world.live.gifts.tell(one) is None
        self.rows, self.told, self.counted, self.forgotten = GiftRows(), {}, set(), set()
        await self.listener.catch_up(self.row.id)
        self.since = len(self.listener.received)

    async def check(self) -> None:
        """Compare what the room has and was told with what was committed."""
        await self.leave()
        await self.listener.catch_up(self.row.id)
        self.check_order()
        news = self.listener.publications(self.row.id)[self.since :]
        events = [event for publication in news for event in publication.events if event.kind.startswith("gift.")]
        sent = [said(event) for event in events if event.kind is EventKind.GIFT_SENT]
        gifts = {
            msgspec.json.decode(one.data)["sentId"]: one
            for told in self.told.values()
            for one in ([] if told.late else told.gifts)
        }
        assert len(sent) == len(set(sent))
        assert set(sent) <= set(gifts)
        assert {id for id, one in gifts.items() if one.urgent} <= set(sent)
        left = [one for id, one in gifts.items() if id not in sent]
        more = [said(event) for event in events if event.kind is EventKind.MORE_GIFTS]
        assert sum(count for count, _ in more) == sum(one.count for one in left)
        assert sum(coins for _, coins in more) == sum(one.coins for one in left)
        assert not left or len(sent) >= DEAREST
        counted = GiftRows({id: one for id, one in self.rows.batches.items() if id in self.counted}).totals
        assert await self.world.live.gifts.totals(self.row.id, DEFAULT_TENANT) == counted
        if totals := [said(event) for event in events if event.kind is EventKind.GIFT_TOTALS]:
            assert totals[-1] == tuple(counted)

    def check_order(self) -> None:
        """Numbers rise within an epoch; sums stand behind the gifts of their publication."""
        numbers = defaultdict[str, list[int]](list)
        for _, epoch, publication in self.listener.received:
            numbers[epoch] += [event.seq for event in publication.events]
            kinds = [event.kind for event in publication.events if event.kind.startswith("gift.")]
            assert not kinds or kinds[-1] is EventKind.GIFT_TOTALS
        for found in numbers.values():
            assert found == sorted(set(found))


async def _play(world: World, steps: list[tuple[str, Any, int]]) -> None:
    room = f"h{next(_rooms)}"
    listener = await listen(world, room)
    hand = GiftHand(world, await world.open_room(room), listener)
    for step in steps:
        await hand.step(*step)
    await hand.check()
    world.live.channels.unsubscribe(hand.row.id)


def test_each_gift_counts_once_and_is_told_once_whatever_happens(any_world: World) -> None:
    with asyncio.Runner() as runner:
        runner.run(any_world.restart())

        @settings(
            max_examples=60 if any_world.forgets else 25,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(st.lists(_STEPS, min_size=1, max_size=12))
        def histories(steps: list[tuple[str, Any, int]]) -> None:
            runner.run(_play(any_world, steps))

        histories()
        for live in any_world.opened:
            runner.run(live.close())
