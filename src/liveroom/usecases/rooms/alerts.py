"""Telling many people of a room: a page at a time, by any process, also one that takes over from a dead one.

How far it is stands in the transaction of the event for webhooks, which therefore names each of them once. Those who
are online hear of it behind that, on their own channel: if the process dies in between, one page of them does not.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from liveroom import faults
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import Unavailable
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.records import NewEvent, of_user
from liveroom.domain.ids import UserId
from liveroom.domain.parts import parts
from liveroom.domain.payloads import Payload
from liveroom.domain.rooms.alerts import PAGE, AlertKind, RoomAlert
from liveroom.domain.rooms.model import Room
from liveroom.domain.rooms.paging import UserMark
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.events.recorder import EventRecorder

TIMEOUT: Final = timedelta(seconds=5)
"""How long one run goes on; the next run takes up the rest."""
CLAIM: Final = timedelta(seconds=30)
"""How long an occasion stays reserved for a process that has died."""
_ALERTS: Final = 20
_AT_ONCE: Final = 50
"""People who are told at the same time."""


class AlertAudience(Protocol):
    """Who is told of an occasion, and how it is said."""

    @property
    def kind(self) -> EventKind:
        """As what those who are online are told."""

    async def page(self, alert: RoomAlert, limit: int) -> Sequence[UserMark]:
        """Return who is next."""

    async def told(self, tx: Tx, alert: RoomAlert, last: UserMark | None) -> None:
        """Note, within the transaction that records it, who has been told by now; None: that nobody else will be."""

    def concerns(self, alert: RoomAlert, room: Room) -> bool:
        """Say whether it is still so."""

    def event(self, room: Room, alert: RoomAlert, users: Sequence[UserId], at: datetime) -> NewEvent:
        """Return what webhooks are told."""

    def news(self, room: Room, alert: RoomAlert, host: Profile) -> Payload:
        """Return what those are told who are online."""


class _Recorded(NamedTuple):
    room: Room
    host: Profile
    users: Sequence[UserId]


@dataclass(frozen=True, slots=True)
class RoomAlerts:
    """Works off which people are to be told."""

    db: Database
    live: Live
    clock: Clock
    recorder: EventRecorder
    notifier: UserNotifier
    audiences: Mapping[AlertKind, AlertAudience]

    async def tell(self, timeout: timedelta = TIMEOUT) -> int:
        """Tell people for a while, of several occasions in turn; return how many have been named to webhooks."""
        until, told = self.clock.now() + timeout, 0
        waiting = [
            taken
            for one in await self.db.room_alerts.due(self.clock.now(), _ALERTS)
            if (taken := await self._take(one))
        ]
        while waiting and self.clock.now() < until:
            left = []
            for alert in waiting:
                count, following = await self._page(alert)
                told += count
                left += [following] if following is not None else []
            waiting = left
        for alert in waiting:
            await self.db.room_alerts.put(alert, alert._replace(due=self.clock.now()))
        return told

    async def _take(self, alert: RoomAlert) -> RoomAlert | None:
        taken = alert._replace(due=self.clock.now() + CLAIM)
        return taken if await self.db.room_alerts.put(alert, taken) else None

    async def _page(self, alert: RoomAlert) -> tuple[int, RoomAlert | None]:
        """Tell the next page of people; return how many, and how it goes on (None: all were told, or it is over)."""
        audience = self.audiences[alert.kind]
        people, following = await audience.page(alert, PAGE), None
        if len(people) == PAGE:
            following = alert._replace(told=people[-1], due=self.clock.now() + CLAIM)
        recorded = await self.db.transact(lambda tx: self._record(tx, audience, alert, people, following))
        faults.point("alert.recorded")
        if recorded is None:
            return 0, None
        await self._notify(recorded, audience, alert)
        return len(recorded.users), following

    async def _record(
        self,
        tx: Tx,
        audience: AlertAudience,
        alert: RoomAlert,
        people: Sequence[UserMark],
        following: RoomAlert | None,
    ) -> _Recorded | None:
        """Note that these people are told, unless another process has gone on, or there is nothing to tell any more."""
        if not await tx.room_alerts.put(alert, following or alert._replace(due=alert.when)):
            return None
        room, host = await tx.rooms.get(alert.room), await tx.users.get(alert.host)
        concerns = room is not None and audience.concerns(alert, room)
        ends = following is None or not concerns
        if ends:
            await tx.room_alerts.end(alert)
        await audience.told(tx, alert, None if ends else people[-1])
        if room is None or not concerns or not people or host is None:
            return None
        blocked = set(await tx.blocks.among(alert.host, [one.user for one in people]))
        users = [one.user for one in people if one.user not in blocked]
        if users:
            await self.recorder.record(
                tx, alert.tenant, of_user(alert.host), [audience.event(room, alert, users, self.clock.now())]
            )
        return _Recorded(room, host.profile, users)

    async def _notify(self, recorded: _Recorded, audience: AlertAudience, alert: RoomAlert) -> None:
        """Tell those who are online and not there already."""
        room, news = recorded.room, audience.news(recorded.room, alert, recorded.host)
        try:
            online = [
                one.user for one in await self.live.presence(recorded.users) if one.online and one.room != room.id
            ]
        except Unavailable:
            return
        for some in parts(online, _AT_ONCE):
            await asyncio.gather(*(self.notifier.notify(user, audience.kind, news, by=room.owner) for user in some))
