"""Counts what has changed: each broadcast out of its stays, and each day out of the broadcasts that ran on it.

Nothing is added to what was counted before: a broadcast or a day is counted as a whole and replaces what there was. So
it does no harm to count twice, late, in any order, or to die in between; what was marked while it was counted is
counted again. Several processes share the work. Whoever stalls for longer than ``CLAIM`` writes nothing any more.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar
from zlib import crc32

from liveroom.domain.ids import BroadcastId, TenantName, UserId, made_at
from liveroom.domain.moments import at, moment
from liveroom.domain.statistics.attendance import (
    DAY,
    HOUR,
    Attendees,
    CountedBroadcast,
    RawAttendees,
    digests_of,
    figures_of,
)
from liveroom.domain.statistics.days import (
    HOURS,
    DayTally,
    Period,
    PeriodKey,
    Returned,
    day_of,
    day_subject,
    day_text,
    read_day,
    returned,
    week_of,
)
from liveroom.ports import Clock, Database, Tx
from liveroom.ports.statistics import BROADCAST, BroadcastDay, BroadcastRow, FirstVisit, Marked
from liveroom.ports.statistics import DAY as DAY_PREFIX
from liveroom.usecases.tenants.registry import Tenancy

T = TypeVar("T")

TIMEOUT: Final = timedelta(seconds=5)
"""How long one run goes on; the next run takes up the rest."""
CLAIM: Final = timedelta(minutes=5)
"""How long something stays reserved for a process that has died."""
AGAIN: Final = timedelta(seconds=30)
"""The least time after which a broadcast that runs is counted again."""
DAY_AGAIN: Final = timedelta(seconds=60)
"""The same for a day that is not over. One that is, is counted once more after that time."""
_SHARE: Final = 50
"""What goes on is counted again after so many times what counting took, each and all: at most 2 % of a processor."""
_LONG_AGO: Final = at(0)
"""When what has to be counted at once has been due since."""
_AT_ONCE: Final = 50
_STAYS: Final = 1000
_USERS: Final = 500
_MANY: Final = 2000
"""With more people the sums are made in a thread."""


@dataclass(slots=True)
class _CountingPause:
    """Until when a process counts nothing that goes on changing."""

    until: datetime = _LONG_AGO


@dataclass(frozen=True, slots=True)
class StatisticsCounting:
    """Counts broadcasts and days."""

    db: Database
    clock: Clock
    tenants: Tenancy
    keep: timedelta
    """How long stays are kept (zero: for ever). What is older is not counted anew, and stays as it was counted."""
    _today: dict[TenantName, int] = field(default_factory=dict)
    _pause: _CountingPause = field(default_factory=_CountingPause)

    async def go_on(self) -> int:
        """Count what is new or over at once, and what goes on for one part in ``_SHARE`` of the time."""
        counted, began = await self.run(fresh=True), self.clock.now()
        if began < self._pause.until:
            return counted
        counted += await self.run()
        now = self.clock.now()
        self._pause.until = now + _SHARE * (now - began)
        return counted

    async def run(self, timeout: timedelta = TIMEOUT, *, fresh: bool = False) -> int:
        """Count what is due, for a while; return how much it was. ``fresh``: only what has to be counted at once."""
        await self._begin_days()
        counted, until = 0, self.clock.now() + timeout
        while True:
            due = await self.db.statistics_queue.due(_LONG_AGO if fresh else self.clock.now(), _AT_ONCE)
            for marked in due:
                counted += await self._count(marked)
                if self.clock.now() >= until:
                    return counted
            if len(due) < _AT_ONCE:
                return counted

    async def run_all(self) -> int:
        """Count everything that is due now, days behind the broadcasts that change them; return how much it was."""
        return await self.run(timedelta(minutes=5))

    async def _begin_days(self) -> None:
        """Have today counted in each tenant: accounts are made on days without broadcasts too."""
        today = day_of(moment(self.clock.now()))
        for tenant in self.tenants.all():
            if self._today.get(tenant.name) != today:
                subject = DAY_PREFIX + day_subject(tenant.name, today)
                await self.db.statistics_queue.keep([subject], self.clock.now() + DAY_AGAIN)
                self._today[tenant.name] = today

    async def _count(self, marked: Marked) -> int:
        now = self.clock.now()
        until = at(moment(now + CLAIM))
        if not await self.db.statistics_queue.take(marked, until):
            return 0
        taken = marked._replace(due=until)
        if marked.subject.startswith(BROADCAST):
            await _CountedBroadcast(self, taken, now).count(BroadcastId(marked.subject.removeprefix(BROADCAST)))
        else:
            tenant, _, day = marked.subject.removeprefix(DAY_PREFIX).rpartition("/")
            await _CountedDay(self, taken, now).count(TenantName(tenant), read_day(day))
        return 1

    def is_kept(self, since: int, now: datetime) -> bool:
        """Say whether all stays are still there that lasted at that time or later."""
        return not self.keep or since >= moment(now - self.keep)

    def again(self, began: datetime, least: timedelta) -> datetime:
        """Return when to count what goes on changing once more."""
        now = self.clock.now()
        return now + max(least, _SHARE * (now - began))


class _Counted:
    """What counting broadcasts and days have in common."""

    def __init__(self, tools: StatisticsCounting, taken: Marked, began: datetime) -> None:
        self._tools: Final = tools
        self._db: Final = tools.db
        self._taken: Final = taken
        self._began: Final = began
        self._now: Final = moment(began)
        self._pseudonyms: Mapping[UserId, UserId] = {}

    async def _done(self, tx: Tx, again: datetime | None = None) -> None:
        await tx.statistics_queue.done(self._taken, again)

    async def _drop(self) -> None:
        """Forget what there is nothing to count of."""

        async def work(tx: Tx) -> None:
            await self._done(tx)

        await self._db.transact(work)

    async def _know_pseudonyms(self) -> None:
        """Count who is being erased as the pseudonym that some of their rows have already."""
        self._pseudonyms = await self._db.statistics_sources.pseudonyms()

    async def _attendees(self, broadcast: CountedBroadcast, within: tuple[int, int] | None = None) -> Attendees:
        raw, after = RawAttendees(broadcast, self._now), None
        known = self._pseudonyms
        while True:
            stays, after = await self._db.statistics_sources.stays(broadcast.id, after, _STAYS, within)
            raw.add([stay._replace(user=known.get(stay.user, stay.user)) for stay in stays] if known else stays)
            if after is None:
                return raw.all()
            await asyncio.sleep(0)

    def _as_counted(self, broadcast: CountedBroadcast) -> CountedBroadcast:
        """Return it as it is counted: one that was moved in from the former service only from then on."""
        opened = max(broadcast.opened, made_at(broadcast.id) or 0)
        return broadcast._replace(host=self._pseudonyms.get(broadcast.host, broadcast.host), opened=opened)


class _CountedBroadcast(_Counted):
    """One broadcast."""

    async def count(self, id: BroadcastId) -> None:
        """Count it, and mark the days on which anything is different from what was counted."""
        await self._know_pseudonyms()
        found = await self._db.statistics_sources.broadcast(id)
        if found is None:
            await self._drop()
            return
        broadcast, known = self._as_counted(found), await self._db.statistics.get(id)
        attendees = await self._attendees(broadcast)
        figures = await _aside(lambda: figures_of(broadcast, attendees), len(attendees))
        digests = await _aside(lambda: digests_of(broadcast, attendees, self._now), len(attendees))
        before = await self._db.statistics.days(broadcast.id)
        days = await self._days(broadcast, digests, before)
        newcomers = await self._newcomers(broadcast, attendees)
        messages = sum(sum(day.messages) for day in days.values())
        row = BroadcastRow(broadcast, self._now, figures, newcomers, messages)
        await self._write(row, known, before, days)

    async def _days(
        self, broadcast: CountedBroadcast, digests: Mapping[int, int], before: Mapping[str, BroadcastDay]
    ) -> Mapping[str, BroadcastDay]:
        hours = await self._messages(broadcast.id, before)
        days = {}
        for day in sorted({*digests, *(day_of(hour) for hour in hours)}):
            messages = tuple(hours.get(day + number * HOUR, 0) for number in range(HOURS))
            likes = broadcast.likes if day == day_of(broadcast.opened) else 0
            digest = crc32(repr((digests.get(day, 0), likes, messages)).encode())
            days[day_text(day)] = BroadcastDay(digest, messages)
        return days

    async def _messages(self, id: BroadcastId, before: Mapping[str, BroadcastDay]) -> Mapping[int, int]:
        """Return the messages of each hour: as many as there are, or as were counted before old ones were dropped."""
        hours: dict[int, int] = {}
        after: int | None = 0
        while after is not None:
            times, after = await self._db.statistics_sources.messages(id, after, _STAYS)
            for time in times:
                hour = time - time % HOUR
                hours[hour] = hours.get(hour, 0) + 1
            await asyncio.sleep(0)
        for name, day in before.items():
            for number, count in enumerate(day.messages):
                hour = read_day(name) + number * HOUR
                if count > hours.get(hour, 0):
                    hours[hour] = count
        return hours

    async def _newcomers(self, broadcast: CountedBroadcast, attendees: Attendees) -> int:
        """Note who was here for the first time, with this host and at all; return how many were with this host."""
        users = sorted(attendees)
        viewers = [user for user in users if user != broadcast.host]
        await self._meet(broadcast, attendees, None, users)
        return await self._meet(broadcast, attendees, broadcast.host, viewers)

    async def _meet(
        self, broadcast: CountedBroadcast, attendees: Attendees, host: UserId | None, users: list[UserId]
    ) -> int:
        fresh = 0
        for first in range(0, len(users), _USERS):
            some = users[first : first + _USERS]
            known = await self._db.statistics.known(host, some)
            met = {}
            for user in some:
                entered, before = min(attendees[user].joins), known.get(user)
                if before is not None and before.broadcast == broadcast.id:
                    fresh += 1
                    if before.entered == entered:
                        continue
                elif before is not None and (before.entered, before.broadcast) <= (entered, broadcast.id):
                    continue
                else:
                    fresh += 1
                met[user] = FirstVisit(broadcast.id, entered, before.signed_up if before is not None else 0)
            if met:
                await self._note(broadcast, host, met, known)
            await asyncio.sleep(0)
        return fresh

    async def _note(
        self,
        broadcast: CountedBroadcast,
        host: UserId | None,
        met: Mapping[UserId, FirstVisit],
        known: Mapping[UserId, FirstVisit],
    ) -> None:
        """Write who was met; whoever was thought to have been met elsewhere first is counted there again."""
        if host is None:
            met = await self._signed_up(met)
        elsewhere = {known[user] for user in met if user in known and known[user].broadcast != broadcast.id}
        if host is None:
            days = {*(day_of(one.entered) for one in elsewhere), *(day_of(one.entered) for one in met.values())}
            changed = {DAY_PREFIX + day_subject(broadcast.tenant, day) for day in days}
        else:
            changed = {BROADCAST + one.broadcast for one in elsewhere}

        async def work(tx: Tx) -> None:
            if await tx.statistics_queue.lock(self._taken):
                await tx.statistics.put_known(broadcast.tenant, host, met)
                await tx.statistics_queue.mark(changed, self._began)

        await self._db.transact(work)

    async def _signed_up(self, met: Mapping[UserId, FirstVisit]) -> Mapping[UserId, FirstVisit]:
        """Return them with when their accounts were made: of a pseudonym, that of whom it stands for."""
        people = {pseudonym: user for user, pseudonym in self._pseudonyms.items()}
        asked = {people.get(user, user): user for user, one in met.items() if not one.signed_up}
        made = await self._db.statistics_sources.signed_up(asked) if asked else {}
        found = {asked[user]: when for user, when in made.items()}
        return {user: one._replace(signed_up=one.signed_up or found.get(user, 0)) for user, one in met.items()}

    async def _write(
        self,
        row: BroadcastRow,
        known: BroadcastRow | None,
        before: Mapping[str, BroadcastDay],
        days: Mapping[str, BroadcastDay],
    ) -> None:
        broadcast, tools = row.broadcast, self._tools
        is_whole = known is None or tools.is_kept(broadcast.opened, self._began)
        if not is_whole:
            days = {name: day for name, day in days.items() if tools.is_kept(read_day(name), self._began)}
            before = {name: day for name, day in before.items() if tools.is_kept(read_day(name), self._began)}
        gone = before.keys() - days.keys()
        changed = {name for name, day in days.items() if before.get(name) != day} | gone
        again = None if broadcast.is_over else tools.again(self._began, AGAIN)

        async def work(tx: Tx) -> None:
            if not await tx.statistics_queue.lock(self._taken):
                return
            if is_whole:
                await tx.statistics.put(row)
            await tx.statistics.put_days(
                broadcast.tenant, broadcast.id, {name: days[name] for name in changed - gone}, gone
            )
            await tx.statistics_queue.mark({f"{DAY_PREFIX}{broadcast.tenant}/{name}" for name in changed}, self._began)
            await self._done(tx, again)

        await self._db.transact(work)


class _CountedDay(_Counted):
    """One day of a tenant."""

    async def count(self, tenant: TenantName, day: int) -> None:
        """Count it, and have the later days of its week counted: who came for the first time in it may be others."""
        if not self._tools.is_kept(day, self._began):
            await self._drop()
            return
        await self._know_pseudonyms()
        name, sources = day_text(day), self._db.statistics_sources
        tally = DayTally(day)
        noted = [(self._as_counted(broadcast), messages) for broadcast, messages in await sources.on_day(tenant, name)]
        for broadcast, messages in sorted(noted, key=lambda one: (one[0].host, one[0].id)):
            attendees = await self._attendees(broadcast, (day, day + DAY))
            await _aside(lambda: tally.add(broadcast, attendees, messages, self._now), len(attendees))  # noqa: B023
        newcomers, returning = await self._people(tenant, day, tally)
        accounts = await sources.accounts(tenant, day, day + DAY)
        by_number = {(hour - day) // HOUR: count for hour, count in accounts.items()}
        periods = await _aside(lambda: tally.periods(newcomers, by_number), len(tally.viewers))
        await self._write(tenant, day, periods, returning)

    async def _write(
        self, tenant: TenantName, day: int, periods: Mapping[PeriodKey, Period], returning: Mapping[Returned, int]
    ) -> None:
        name, again = day_text(day), self._again(day)
        known = await self._db.statistics.periods_of_day(tenant, name)
        before = await self._db.statistics.retention_of_day(tenant, name)
        changed = {key: period for key, period in periods.items() if known.get(key) != period}
        fresh = {one: count for one, count in returning.items() if before.get(one) != count}
        gone, left = known.keys() - periods.keys(), before.keys() - returning.keys()
        later = [one for one in range(day + DAY, week_of(day) + 7 * DAY, DAY) if one <= day_of(self._now)]

        async def work(tx: Tx) -> None:
            if not await tx.statistics_queue.lock(self._taken):
                return
            await tx.statistics.put_periods(tenant, name, changed, gone)
            await tx.statistics.put_retention(tenant, fresh, left)
            if fresh or left:
                await tx.statistics_queue.mark({DAY_PREFIX + day_subject(tenant, one) for one in later}, self._began)
            await self._done(tx, again)

        await self._db.transact(work)

    def _again(self, day: int) -> datetime | None:
        """Return when to count the day once more: now and then while it lasts, and once when it is over."""
        end = at(day + DAY) + DAY_AGAIN
        if self._began >= end:
            return None
        return min(self._tools.again(self._began, DAY_AGAIN), end)

    async def _people(self, tenant: TenantName, day: int, tally: DayTally) -> tuple[int, Mapping[Returned, int]]:
        """Return how many viewers had never come before, and how many of each cohort came."""
        newcomers, counted = 0, dict[Returned, int]()
        users, people = sorted(tally.entrants), {new: old for old, new in self._pseudonyms.items()}
        viewers = tally.viewers
        for first in range(0, len(users), _USERS):
            some = users[first : first + _USERS]
            known = await self._db.statistics.known(None, some)
            newcomers += sum(day <= one.entered < day + DAY and user in viewers for user, one in known.items())
            asked = {*some, *(people[user] for user in some if user in people)}
            came = await self._db.statistics_sources.came(asked, week_of(day), day)
            before = {self._pseudonyms.get(user, user) for user in came}
            signed_up = {user: one.signed_up for user, one in known.items()}
            for one, count in returned(day, signed_up, before).items():
                counted[one] = counted.get(one, 0) + count
            await asyncio.sleep(0)
        return newcomers, counted


async def _aside(work: Callable[[], T], size: int) -> T:
    """Do the sums of many people in a thread, so that others have their turn."""
    return await asyncio.to_thread(work) if size > _MANY else work()
