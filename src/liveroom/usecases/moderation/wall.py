"""The wall of live rooms for operators: those that need eyes first, then the list's, the hottest first.

Reports and labels are read from SQL at most once a second for each tenant and process, by whoever asks; the rest of a
page comes from the live store's list. So a page costs the same with ten rooms and with ten thousand.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from liveroom import deadlines
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import RoomId, TenantName, UserId, first_id
from liveroom.domain.moderation.labels import FRESH
from liveroom.domain.moderation.wall import Attention, attention_of, by_need
from liveroom.domain.moments import moment
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.heat import HeatRule, heat_at
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.rooms.paging import RoomOrder, RoomQuery, cursor_number
from liveroom.ports import Clock, Database, LabelQuery, Live
from liveroom.usecases.rooms.listings import Listings

PAGE: Final = 60
_FRESH: Final = timedelta(seconds=1)
_REPORTS: Final = 1000
_LABELS: Final = 1000
_NEEDY: Final = 500
"""Rooms that are sorted by need at most."""
_decode: Final = msgspec.json.Decoder(list[dict[str, Any]]).decode


class WallTile(NamedTuple):
    """A room on the wall."""

    card: Mapping[str, Any]
    """The room as lists have it."""
    owner: User | None
    attention: Attention
    warned: int
    """How often its owner was warned."""
    heat: float
    hidden: bool
    """Its hosts are away."""
    delisted: bool


class _Needy(NamedTuple):
    """Rooms that need eyes, as they were at a time."""

    at: datetime
    rooms: Sequence[LiveRoom]
    seen: Mapping[RoomId, Attention]


@dataclass(frozen=True, slots=True)
class Wall:
    """Shows it."""

    db: Database
    live: Live
    clock: Clock
    listings: Listings
    heat: HeatRule
    _known: dict[TenantName, "asyncio.Task[_Needy]"] = field(default_factory=dict)

    async def page(self, operator: Operator, *, category: str, cursor: str) -> tuple[Sequence[WallTile], str]:
        """Return a page of the wall, and the next page's cursor ("" at the end). Raises ``BadRequest``.

        Rooms that are on no list, such as private ones, are on it while they need eyes.
        """
        tenant, first = operator.tenant.name, _read_cursor(cursor)
        needy = await self._needy(tenant)
        meant = [room for room in needy.rooms if not category or room.category == category]
        shown = [(self._card(room), room) for room in meant[first : first + PAGE]]
        left, rest = PAGE - len(shown), list[dict[str, Any]]()
        if left:
            offset = max(first - len(meant), 0)
            query = RoomQuery(tenant, category, order=RoomOrder.HEAT, offset=offset, limit=left + 1)
            rest = _decode(b"[" + (await self.listings.rooms(query)).cards + b"]")
        is_more = len(rest) > left or len(meant) > first + PAGE or not left
        known = {room.id for room in meant}
        others = [card for card in rest[:left] if card["roomId"] not in known]
        return await self._tiles(shown, others, needy.seen), str(first + PAGE) if is_more else ""

    def _card(self, room: LiveRoom) -> Mapping[str, Any]:
        (card,) = _decode(b"[" + self.listings.cards.finish(room) + b"]")
        return card

    async def _tiles(
        self,
        needy: Sequence[tuple[Mapping[str, Any], LiveRoom]],
        rest: Sequence[Mapping[str, Any]],
        seen: Mapping[RoomId, Attention],
    ) -> Sequence[WallTile]:
        owners = {UserId(card["ownBy"]) for card in (*(card for card, _ in needy), *rest)}
        users = {user.id: user for user in await self.db.users.list(sorted(owners))}
        warned = await self.db.statements.warned(owners)
        others = [RoomId(card["roomId"]) for card in rest]
        live = {room.id: room for room in (await self.live.rooms(others) if others else [])}

        now = moment(self.clock.now())

        def tile(card: Mapping[str, Any], room: LiveRoom | None, attention: Attention) -> WallTile:
            owner, heat = UserId(card["ownBy"]), 0.0 if room is None else heat_at(room.heat, now, self.heat.span)
            hidden, delisted = room is not None and room.hidden, room is not None and room.delisted
            return WallTile(card, users.get(owner), attention, warned.get(owner, 0), heat, hidden, delisted)

        of_needy = [tile(card, room, seen[room.id]) for card, room in needy]
        return [*of_needy, *(tile(card, live.get(RoomId(card["roomId"])), Attention()) for card in rest)]

    async def _needy(self, tenant: TenantName) -> _Needy:
        """Return the rooms that need eyes, at most a second old; who asks meanwhile waits for the same answer."""
        task = self._known.get(tenant)
        if task is not None and task.done() and self._is_old(task):
            task = None
        if task is None:
            task = self._known[tenant] = deadlines.spawn(self._look(tenant))
            task.add_done_callback(_look_at)
        return await deadlines.join(task, DatabaseUnavailable)

    def _is_old(self, task: "asyncio.Task[_Needy]") -> bool:
        if task.cancelled() or task.exception() is not None:
            return True
        return abs(self.clock.now() - task.result().at) >= _FRESH

    async def _look(self, tenant: TenantName) -> _Needy:
        now = self.clock.now()
        reports = await self.db.reports.open_of_rooms(tenant, _REPORTS)
        labels = await self.db.labels.page(LabelQuery(tenant, after=first_id(now - FRESH), limit=_LABELS))
        seen = attention_of(reports, labels)
        most = sorted(seen, key=lambda room: -seen[room].score)[:_NEEDY]
        live = {room.id: room for room in await self.live.rooms(most) if room.tenant == tenant}
        ordered = by_need(seen, {id: room.members for id, room in live.items()})
        return _Needy(now, [live[id] for id in ordered], seen)


def _look_at(task: "asyncio.Task[_Needy]") -> None:
    """Look at the error of a task whose waiters may all be gone, so that asyncio does not complain about it."""
    if not task.cancelled():
        task.exception()


def _read_cursor(cursor: str) -> int:
    return cursor_number(cursor, 6) if cursor else 0
