"""Telling followers that a host is live: a page at a time, by any process, also one that takes over from a dead one.

How far it is stands in the transaction of the event for webhooks, which therefore names each follower once. Those who
are online hear of it behind that, on their own channel: if the process dies in between, one page of them does not.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom import faults
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import Unavailable
from liveroom.domain.events import follows as follow_events
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.records import of_user
from liveroom.domain.events.user_payloads import LiveHost
from liveroom.domain.follows.alerts import PAGE, FollowAlert, may_be_told
from liveroom.domain.ids import UserId
from liveroom.domain.parts import parts
from liveroom.domain.payloads import wire_time
from liveroom.domain.rooms.model import Room
from liveroom.ports import Clock, Database, Follow, Live, Tx
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.events.recorder import EventRecorder

TIMEOUT: Final = timedelta(seconds=5)
"""How long one run goes on; the next run takes up the rest."""
CLAIM: Final = timedelta(seconds=30)
"""How long a broadcast stays reserved for a process that has died."""
_ALERTS: Final = 20
_AT_ONCE: Final = 50
"""Followers who are told at the same time."""


@dataclass(frozen=True, slots=True)
class FollowAlerts:
    """Works off which followers are to be told."""

    db: Database
    live: Live
    clock: Clock
    recorder: EventRecorder
    notifier: UserNotifier

    async def tell(self, timeout: timedelta = TIMEOUT) -> int:
        """Tell followers for a while, of several broadcasts in turn; return how many have been named to webhooks."""
        until, told = self.clock.now() + timeout, 0
        waiting = [
            taken
            for one in await self.db.follow_alerts.due(self.clock.now(), _ALERTS)
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
            await self.db.follow_alerts.put(alert, alert._replace(due=self.clock.now()))
        return told

    async def _take(self, alert: FollowAlert) -> FollowAlert | None:
        taken = alert._replace(due=self.clock.now() + CLAIM)
        return taken if await self.db.follow_alerts.put(alert, taken) else None

    async def _page(self, alert: FollowAlert) -> tuple[int, FollowAlert | None]:
        """Tell the next page of followers; return how many, and how it goes on (None: all were told, or it is over)."""
        fans = await self.db.follows.fans(alert.host, alert.told, alert.opened, PAGE)
        following = None
        if len(fans) == PAGE:
            following = alert._replace(told=fans[-1].mark, due=self.clock.now() + CLAIM)
        room, profile = await self.db.transact(lambda tx: self._record(tx, alert, fans, following))
        faults.point("alert.recorded")
        if room is None:
            return 0, None
        await self._notify(room, profile, [fan.user for fan in fans])
        return len(fans), following

    async def _record(
        self, tx: Tx, alert: FollowAlert, fans: Sequence[Follow], following: FollowAlert | None
    ) -> tuple[Room | None, Profile]:
        """Note that these followers are told, unless another process has gone on, or the broadcast is over."""
        if not await tx.follow_alerts.put(alert, following or alert._replace(due=alert.opened)):
            return None, Profile()
        room, host = await tx.rooms.get(alert.room), await tx.users.get(alert.host)
        is_on = room is not None and room.broadcast == alert.broadcast and may_be_told(room)
        if following is None or not is_on:
            await tx.follow_alerts.end(alert.broadcast)
        if room is None or not is_on or not fans or host is None:
            return None, Profile()
        event = follow_events.live(room, alert, [fan.user for fan in fans], self.clock.now())
        await self.recorder.record(tx, alert.tenant, of_user(alert.host), [event])
        return room, host.profile

    async def _notify(self, room: Room, host: Profile, fans: Sequence[UserId]) -> None:
        """Tell those who are online and not there already."""
        news = live_host(room, host)
        try:
            online = [one.user for one in await self.live.presence(fans) if one.online and one.room != room.id]
        except Unavailable:
            return
        for some in parts(online, _AT_ONCE):
            await asyncio.gather(
                *(self.notifier.notify(user, EventKind.HOST_LIVE, news, by=room.owner) for user in some)
            )


def live_host(room: Room, host: Profile) -> LiveHost:
    """Return what followers are told of a broadcast that has begun."""
    return LiveHost(
        user_id=room.owner,
        name=host.name,
        avatar=host.avatar,
        room_id=room.id,
        broadcast_id=room.broadcast,
        title=room.title,
        cover=room.cover,
        opened_utc=wire_time(room.opened),
    )
