"""Who is in TRTC's rooms, by the lists of its monitoring dashboard: late, and sold apart (tencentcloud.com 647/36754).

They say of each visit whether it is over. Whoever is not in them says nothing: they reach back for some hours only.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from liveroom.domain.drift.media import MediaPerson
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Clock, MediaListing, Rest
from liveroom.providers.tencent.cloud import CloudRefused
from liveroom.providers.tencent.trtc_control import TrtcControl, judge

_ROOMS_BACK: Final = timedelta(hours=23)
"""Tencent lists the rooms of a day at most, and their users of four hours."""
_USERS_BACK: Final = timedelta(hours=4) - timedelta(minutes=1)
_PAGE: Final = 100
_PAUSE: Final = 0.1
"""Seconds after each call: ten a second, of twenty that Tencent takes."""
_MOST_PAGES: Final = 1000


@dataclass(slots=True)
class _Visits:
    """The visits of an application's users."""

    rooms: dict[RoomId, list[MediaPerson]] = field(default_factory=dict)
    left: dict[tuple[RoomId, UserId], datetime] = field(default_factory=dict)

    def add(self, room: RoomId, row: Mapping[str, Any]) -> None:
        user, began, ended = UserId(str(row["UserId"])), _at(row.get("JoinTs")), _at(row.get("LeaveTs"))
        if row["Finished"] is True:
            self.left[room, user] = max(ended, self.left.get((room, user), ended))
        elif row["Finished"] is False:
            self.rooms.setdefault(room, []).append(MediaPerson(user, since=began))
        else:
            raise TypeError

    def over(self) -> Mapping[tuple[RoomId, UserId], datetime]:
        """Return who has left and has not come back."""
        there = {(room, UserId(one.identity)) for room, people in self.rooms.items() for one in people}
        return {key: at for key, at in self.left.items() if key not in there}


class TrtcLists:
    """``ports.MediaLists``."""

    def __init__(self, control: TrtcControl, clock: Clock) -> None:
        self._control = control
        self._clock = clock

    async def everybody(self, tenants: Sequence[Tenant], ours: Collection[RoomId], rest: Rest) -> MediaListing:
        visits = _Visits()
        try:
            for tenant in tenants:
                await self._of(tenant, ours, visits, rest)
        except (KeyError, TypeError, ValueError, OverflowError) as failure:
            raise VendorFailure(Trouble.BUSY, "TRTC answered a list that cannot be read", in_doubt=True) from failure
        return MediaListing(visits.rooms, left=visits.over())

    async def _of(self, tenant: Tenant, ours: Collection[RoomId], visits: _Visits, rest: Rest) -> None:
        async for row in self._rows(tenant, "DescribeRoomInfo", "RoomList", _ROOMS_BACK, rest):
            room = RoomId(str(row["RoomString"]))
            if row["IsFinished"] is False:
                visits.rooms.setdefault(room, [])
            if room in ours:
                call = str(row["CommId"])
                async for visit in self._rows(tenant, "DescribeUserInfo", "UserList", _USERS_BACK, rest, CommId=call):
                    visits.add(room, visit)

    async def _ask(self, tenant: Tenant, action: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await self._control.call(tenant, action, said)
        except CloudRefused as refused:
            raise judge(action, refused.code) from refused

    async def _rows(
        self, tenant: Tenant, action: str, name: str, back: timedelta, rest: Rest, **about: str
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Yield what is in a list, page by page."""
        until = int(self._clock.now().timestamp())
        since, got = until - int(back.total_seconds()), 0
        for page in range(_MOST_PAGES):
            said = {**about, "StartTime": since, "EndTime": until, "PageNumber": page, "PageSize": _PAGE}
            answer = await self._ask(tenant, action, said)
            total, rows = answer["Total"], answer.get(name) or []
            for row in rows:
                yield row
            got += len(rows)
            await rest(_PAUSE)
            if got >= total or not rows:
                break
        if got < total:
            raise ValueError(name)


def _at(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds or 0), UTC)
