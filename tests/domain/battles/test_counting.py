"""What a gift counts by the clock of its payment, whatever its sender saw: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.battles.counting import CountingBattle
from liveroom.domain.battles.rule import BattleRule
from liveroom.domain.gifts.sending import PointShares, SentGift, SentGiftState
from liveroom.domain.ids import BroadcastId, RoomId, TenantName
from liveroom.domain.ledger.accounts import AccountId

BEGINS = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(minutes=5)
MOMENT = timedelta(milliseconds=1)
GIFT = SentGift(
    id="g", batch="j", tenant=TenantName(""), sender=AccountId("1"), receiver=AccountId("2"), attempt="", digest="",
    room=RoomId("1"), broadcast=BroadcastId("b"), gift="rose", version=1, count=1, coins=10, promo=0,
    shares=PointShares(), combo="", combo_total=1, state=SentGiftState.SENT, created=BEGINS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("now", "expected"), [(BEGINS - MOMENT, 0), (BEGINS, 10), (ENDS - MOMENT, 10), (ENDS, 0), (ENDS + MOMENT, 0)]
)
def test_a_gift_counts_from_the_beginning_to_before_the_end(now: datetime, expected: int) -> None:
    assert CountingBattle(BEGINS, ENDS, BattleRule()).score_of(GIFT, 1, now) == expected
