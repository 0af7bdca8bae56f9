"""``gifts/ranking`` and ``admin/gift_ranking``: who was sent the most, and who has sent the most."""

from datetime import date
from typing import Annotated, Final

from liveroom.api.choices import read_choice
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.gifts.sending import PAGE_MAX
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.gifts.ranking import RankCursor, Ranking, RankPeriod, RankSide
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Counter
from liveroom.domain.rooms.model import CATEGORY_MAX
from liveroom.usecases.gifts.ranking import GiftRankings, RankedUser, RankPage, WantedRanking

_Word = Annotated[str, Text(16)]
_DAY: Final = 10


class AskRanking(Request):
    """``by``: ``receivers`` (default) or ``senders``. ``period``: ``broadcast`` (of the room that is live), ``day``,
    ``week`` (from Monday) or ``month``; without it ``broadcast`` with a ``roomId``, else ``day``. ``day``: any day of
    it, such as 2026-11-30; today by default. ``roomId``: what was sent in this room; ``category``: in rooms of this
    category; neither: in all rooms. ``cursor``: the ``nextCursor`` of the previous page.
    """

    by: _Word = RankSide.RECEIVERS.value
    period: _Word = ""
    day: Annotated[str, Text(_DAY)] = ""
    room_id: Id = ""
    category: Annotated[str, Text(CATEGORY_MAX)] = ""
    cursor: Annotated[str, Text(200)] = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 20


class RankedUserObject(Shape):
    """A place in a ranking."""

    place: int
    """1 is the first. Who is erased keeps their place."""
    user_id: str
    name: str
    """Empty: the account is gone."""
    avatar: str
    coins: Counter
    """What the gifts cost that they have sent, or were sent."""


@method(
    "base/v1/gifts/ranking",
    bad_request=Code.RoomQueryParams,
    reply=list[RankedUserObject],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom, Code.PermissionDenied),
)
async def ranking(call: AskRanking, actor: Actor, rankings: GiftRankings) -> Page:
    """List who was sent the most, or has sent the most, those with the most coins first.

    Of a running broadcast at once, with at most 1,000 places; of days, weeks and months some seconds later, without
    what was refunded. A room's are for its members, owner and admins (else 3007). Senders: 3000 where the tenant's
    profile does not show them.
    """
    return _shown(await rankings.of(actor, _wanted(call)))


class AskAnyRanking(AskRanking):
    """``broadcastId``: of a broadcast, also one that is over; then neither period nor room are needed."""

    broadcast_id: Id = ""


@method(
    "base/v1/admin/gift_ranking",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="gifts.view",
    needs="gifts",
    reply=list[RankedUserObject],
    data=Data.LIST,
    codes=(Code.RoomNotExists,),
)
async def admin_ranking(call: AskAnyRanking, operator: Operator, rankings: GiftRankings) -> Page:
    """List who was sent the most, or has sent the most. ``liveroom gifts ranking`` writes it as CSV."""
    wanted = _wanted(call)
    if not call.broadcast_id:
        return _shown(await rankings.page(operator.tenant, wanted))
    of_broadcast = Ranking(wanted.side, RankPeriod.BROADCAST, call.broadcast_id)
    return _shown(await rankings.counted(operator.tenant.name, of_broadcast, RankCursor.read(call.cursor), call.limit))


def _wanted(call: AskRanking) -> WantedRanking:
    if call.room_id and call.category:
        raise BadRequest("category: with roomId, the room's category is of no matter; leave one of them out")
    period = call.period or (RankPeriod.BROADCAST if call.room_id else RankPeriod.DAY)
    return WantedRanking(
        side=read_choice("by", call.by, RankSide),
        period=read_choice("period", period, RankPeriod),
        day=_day(call.day) if call.day else None,
        room=call.room_id,
        category=call.category,
        cursor=call.cursor,
        limit=call.limit,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest("day: must be a day, YYYY-MM-DD") from None


def _shown(found: RankPage) -> Page:
    page, cursor = found
    return Page.of(list(map(_line, page)), cursor)


def _line(one: RankedUser) -> RankedUserObject:
    return RankedUserObject(place=one.place, user_id=one.user, name=one.name, avatar=one.avatar, coins=one.coins)
