"""Rankings of gifts: of the running broadcast from the live store, of everything else from what was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, PermissionDenied
from liveroom.domain.gifts.events import GiftRank
from liveroom.domain.gifts.ranking import RankCursor, RankedAccount, Ranking, RankPeriod, RankSide, begin_of
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.protection.profiles import may_rank_spending
from liveroom.domain.protection.rules import ProtectionRules
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Live
from liveroom.usecases.rooms.ranks import Ranks

LIVE_MAX: Final = 1_000
"""How many places of a running broadcast can be paged over."""


class WantedRanking(NamedTuple):
    """Which ranking somebody asks for, and which page of it."""

    side: RankSide
    period: RankPeriod
    day: date | None
    """A day of the period; None: today."""
    room: str
    category: str
    cursor: str
    limit: int


class RankedUser(NamedTuple):
    """A line of a ranking."""

    place: int
    user: UserId
    name: str
    """"" of who is gone."""
    avatar: str
    coins: int


RankPage = tuple[Sequence[RankedUser], str]
"""A page, and the next one's cursor."""


@dataclass(frozen=True, slots=True)
class GiftRankings:
    """Shows rankings."""

    db: Database
    live: Live
    clock: Clock
    ranks: Ranks
    rules: ProtectionRules

    async def of(self, actor: Actor, wanted: WantedRanking) -> RankPage:
        """Return a page for a user; what was sent in a room is for those who may read it.

        Raises ``PermissionDenied`` for senders where users may not see them, ``RoomNotFound``, ``NotInRoom``.
        """
        may_see = may_rank_spending(self.rules.profile_of(actor.tenant))
        if wanted.side is RankSide.SENDERS and not may_see:
            raise PermissionDenied
        if wanted.room:
            await self.ranks.check_reader(actor, RoomId(wanted.room))
        return await self.page(actor.tenant, wanted)

    async def page(self, tenant: Tenant, wanted: WantedRanking) -> RankPage:
        """Return a page. Raises ``RoomNotFound`` for the running broadcast of a room that is not live."""
        cursor = RankCursor.read(wanted.cursor)
        if wanted.period is RankPeriod.BROADCAST:
            if not wanted.room:
                raise BadRequest("roomId: required for the period broadcast")
            return await self._of_broadcast(tenant.name, wanted, cursor)
        begins = begin_of(wanted.period, wanted.day or self.rules.today(tenant, self.clock.now()))
        ranking = Ranking(wanted.side, wanted.period, begins, wanted.category, wanted.room)
        return await self.counted(tenant.name, ranking, cursor, wanted.limit)

    async def counted(self, tenant: TenantName, ranking: Ranking, behind: RankCursor, limit: int) -> RankPage:
        """Return a page of what was counted."""
        found = await self.db.gift_ranks.page(tenant, ranking, behind, limit + 1)
        page = found[:limit]
        last = page[-1] if len(found) > limit else None
        cursor = "" if last is None else RankCursor(behind.place + limit, last.coins, last.account).write()
        return await self._named(await self._owned(page), behind.place), cursor

    async def _of_broadcast(self, tenant: TenantName, wanted: WantedRanking, behind: RankCursor) -> RankPage:
        read = self.live.gifts.senders if wanted.side is RankSide.SENDERS else self.live.gifts.receivers
        until = min(behind.place + wanted.limit, LIVE_MAX)
        found = await read(RoomId(wanted.room), tenant, until + 1)
        cursor = RankCursor(until).write() if len(found) > until and until < LIVE_MAX else ""
        return await self._named(found[behind.place : until], behind.place), cursor

    async def _owned(self, found: Sequence[RankedAccount]) -> Sequence[GiftRank]:
        names = await self.db.ledger_accounts.names([one.account for one in found]) if found else {}
        return [GiftRank(UserId(names[one.account].owner), one.coins) for one in found]

    async def _named(self, found: Sequence[GiftRank], before: int) -> Sequence[RankedUser]:
        users = {user.id: user for user in await self.db.users.list(sorted({one.user for one in found}))}
        return [
            RankedUser(place, one.user, user.name if user else "", user.avatar if user else "", one.coins)
            for place, one in enumerate(found, before + 1)
            for user in [users.get(one.user)]
        ]
