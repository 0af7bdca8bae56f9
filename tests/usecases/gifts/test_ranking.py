"""Rankings as users and operators see them: the running broadcast at once, the rest counted, refunds taken away."""

from dataclasses import replace
from datetime import date

import pytest

from liveroom.domain.errors import NotInRoom, PermissionDenied
from liveroom.domain.gifts.events import GiftBatch, GiftEvent
from liveroom.domain.gifts.ranking import RankCursor, Ranking, RankPeriod, RankSide
from liveroom.domain.ids import UserId
from liveroom.domain.protection.profiles import RuleProfile
from liveroom.domain.protection.rules import ProtectionRules
from liveroom.usecases.gifts.ranking import GiftRankings, RankPage, WantedRanking
from tests.usecases.gifts.conftest import Evening
from tests.usecases.ledger.money import operator_of

WANTED = WantedRanking(RankSide.RECEIVERS, RankPeriod.BROADCAST, None, "", "", "", 10)


def rankings(evening: Evening) -> GiftRankings:
    return evening.world.core.services.money.gifts.rankings


def places(page: RankPage) -> list[tuple[int, str, int]]:
    return [(one.place, one.user, one.coins) for one in page[0]]


async def shown(evening: Evening, **wanted: object) -> list[tuple[int, str, int]]:
    return places(await rankings(evening).of(evening.guest, WANTED._replace(**wanted)))  # type: ignore[arg-type]


async def test_the_running_broadcast_is_ranked_at_once_and_the_day_once_it_is_counted(evening: Evening) -> None:
    await evening.send("k", count=7)
    assert await shown(evening, room=evening.room) == [(1, evening.host.user, 7)]
    assert await shown(evening, room=evening.room, side=RankSide.SENDERS) == [(1, evening.guest.user, 7)]
    day = {"period": RankPeriod.DAY}
    assert await shown(evening, **day) == []
    assert await evening.world.core.jobs.rank_counting.run() == 1
    for where in ({}, {"room": evening.room}):
        assert await shown(evening, **day, **where) == [(1, evening.host.user, 7)]
    assert await shown(evening, **day, day=date(2020, 1, 1)) == []


async def test_what_is_taken_back_counts_no_more_and_who_is_erased_keeps_the_place(evening: Evening) -> None:
    core = evening.world.core
    sent = [await evening.send(key, count=3) for key in "ab"]
    gift = sent[0].receipt.gifts[0]
    await core.services.money.gifts.refunds.refund(operator_of(core), gift.id, "r", "")
    await core.jobs.rank_counting.run()
    month = WANTED._replace(period=RankPeriod.MONTH, side=RankSide.SENDERS)
    assert places(await rankings(evening).of(evening.guest, month)) == [(1, evening.guest.user, 3)]
    over = Ranking(RankSide.RECEIVERS, RankPeriod.BROADCAST, gift.broadcast)
    assert places(await rankings(evening).counted(gift.tenant, over, RankCursor(), 5)) == [(1, evening.host.user, 3)]
    user = await core.db.users.get(evening.guest.user)
    assert user is not None
    await core.services.deletion.delete(evening.guest)
    evening.world.pass_by(100)
    for _ in range(5):
        await core.tick()
    page, _ = await rankings(evening).page(evening.guest.tenant, month)
    assert [(one.place, one.name, one.coins) for one in page] == [(1, "", 3)]
    assert page[0].user != evening.guest.user


async def test_places_go_on_over_pages_of_the_running_broadcast(evening: Evening) -> None:
    await evening.send("k", count=9)
    live = evening.world.core.live
    room = await live.room(evening.room)
    assert room is not None
    gifts = [GiftEvent(UserId(f"4000{n}"), evening.host.user, n, 1, b"{}") for n in (3, 5)]
    await live.gifts.tell(GiftBatch("b", room.tenant, evening.room, room.broadcast, tuple(gifts)))
    wanted, found = WANTED._replace(room=evening.room, side=RankSide.SENDERS, limit=2), []
    while True:
        page, cursor = await rankings(evening).page(evening.guest.tenant, wanted)
        found += [(one.place, one.coins) for one in page]
        if not cursor:
            break
        wanted = wanted._replace(cursor=cursor)
    assert found == [(1, 9), (2, 5), (3, 3)]


async def test_rankings_of_a_room_are_for_its_members_and_those_of_senders_where_they_are_shown(
    evening: Evening,
) -> None:
    stranger = await evening.world.make_actor()
    with pytest.raises(NotInRoom):
        await rankings(evening).of(stranger, WANTED._replace(room=evening.room))
    hidden = replace(rankings(evening), rules=ProtectionRules(RuleProfile.CN))
    with pytest.raises(PermissionDenied):
        await hidden.of(evening.guest, WANTED._replace(side=RankSide.SENDERS, period=RankPeriod.DAY))
    assert await hidden.of(evening.guest, WANTED._replace(period=RankPeriod.DAY)) == ([], "")
