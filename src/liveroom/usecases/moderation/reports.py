"""Reports that users make of others, and what moderators and admins look at beside them.

That is who is banned or muted, and the trail of who did what to whom and why. Reports are looked at by the room's
moderators, admins and the operator's server.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User, present
from liveroom.domain.errors import (
    BadRequest,
    MessageNotFound,
    PermissionDenied,
    ReportNotFound,
    RoomConcealed,
    RoomNotFound,
    RoomUnnamed,
)
from liveroom.domain.events.records import of_room, of_user
from liveroom.domain.ids import RoomId, TenantName, UserId, new_id
from liveroom.domain.messages.model import Message, read_number
from liveroom.domain.moderation.audit import AuditEntry, AuditId
from liveroom.domain.moderation.evidence import kept_until
from liveroom.domain.moderation.reports import COUNTED, LIMIT, WINDOW, Report, ReportState, filed
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.paging import cut
from liveroom.domain.rooms.permissions import Right
from liveroom.domain.tenants.model import Language
from liveroom.ports import Clock, Database, Live, ReportQuery, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.moderation.evidence import EvidenceGatherer
from liveroom.usecases.moderation.notifying import ModerationNotifier
from liveroom.usecases.moderation.queue_news import ReportNews
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import Ranks, is_admin

Find = Callable[[RoomId, datetime, UserId, int], Awaitable[Sequence[RoomAccess]]]
RESOLVE: Final = "base/v1/moderation/resolve"
_WORDS_MAX: Final = 1000
Also = Callable[[Tx, Report], Awaitable[None]]
"""What belongs into the same transaction."""


class BannedOrMuted(NamedTuple):
    """Somebody who is banned or muted; ``user`` None: the account is gone."""

    access: RoomAccess
    user: User | None


@dataclass(frozen=True, slots=True)
class Oversight:
    """Looks at what is done in rooms and in the tenant, and changes nothing."""

    db: Database
    clock: Clock
    ranks: Ranks
    trail: Audit

    async def banned(
        self, actor: Actor, room: RoomId, *, cursor: str, limit: int
    ) -> tuple[Sequence[BannedOrMuted], str]:
        """Return who is banned, and the next page's cursor. Raises ``RoomNotFound``, ``PermissionDenied``."""
        return await self._page(actor, room, self.db.room_access.banned, cursor=cursor, limit=limit)

    async def muted(
        self, actor: Actor, room: RoomId, *, cursor: str, limit: int
    ) -> tuple[Sequence[BannedOrMuted], str]:
        """Return who is muted, and the next page's cursor. Raises as ``banned``."""
        return await self._page(actor, room, self.db.room_access.muted, cursor=cursor, limit=limit)

    async def audit(
        self, actor: Actor, room: RoomId | None, *, cursor: str, limit: int
    ) -> tuple[Sequence[AuditEntry], str]:
        """Return what was done in a live room, or to admins in the tenant, the newest first. Raises as ``banned``.

        What the operator does in a room its people are not shown.
        """
        await self.check(actor, room)
        tenant, before = actor.tenant.name, AuditId(cursor)
        found = await self.trail.page(tenant, room=room, before=before, limit=limit + 1, by_users=True)
        return cut(found, limit, lambda entry: entry.id)

    async def check(self, actor: Actor, room: RoomId | None) -> None:
        """Raise ``RoomNotFound`` or ``PermissionDenied`` unless the actor oversees the room, or for None the tenant.

        Admins may also look at rooms that are no longer live.
        """
        if room is None:
            if not await is_admin(self.db, actor.user):
                raise RoomUnnamed
            return
        try:
            await self.ranks.check(actor, room, Right.OVERSEE)
        except RoomNotFound:
            known = await self.db.rooms.get(room)
            if known is None or known.tenant != actor.tenant.name or not await is_admin(self.db, actor.user):
                raise

    async def _page(
        self, actor: Actor, room: RoomId, find: Find, *, cursor: str, limit: int
    ) -> tuple[Sequence[BannedOrMuted], str]:
        await self.check(actor, room)
        found = await find(room, self.clock.now(), UserId(cursor), limit + 1)
        page, following = cut(found, limit, lambda one: one.user)
        users = {user.id: user for user in await self.db.users.list([one.user for one in page])}
        return [BannedOrMuted(one, users.get(one.user)) for one in page], following


class Complaint(NamedTuple):
    """What a user reports: whom, which message and which room, as far as it is about any."""

    reason: str
    note: str = ""
    room: RoomId | None = None
    target: UserId | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class ReportFiling:
    """Takes reports down."""

    db: Database
    live: Live
    clock: Clock
    recorder: EventRecorder
    privacy: Privacy
    news: ReportNews
    evidence: EvidenceGatherer

    async def file(self, actor: Actor, complaint: Complaint) -> str:
        """Take a report down and return its id. A room that has just closed can be reported too.

        Raises ``BadRequest``, ``RateLimited``, ``RoomNotFound``, ``UserNotFound``, ``MessageNotFound``.
        """
        if complaint.room is None and (complaint.message or complaint.target is None):
            raise BadRequest("roomId, targetId: at least one is required; messageId needs a roomId")
        await check_rate(self.live, f"report:{actor.user}", limit=LIMIT, window=WINDOW)
        room = await self._room(actor, complaint.room)
        said = await self._message(actor.tenant.name, complaint) if complaint.message else None
        report = await self._written(actor, complaint, said)
        evidence = await self.evidence.gather(actor.user, room, report.target, said)
        stream = of_room(report.room) if report.room else of_user(report.target)

        async def work(tx: Tx) -> None:
            await tx.reports.add(report)
            await tx.evidence.add(report.id, report.tenant, evidence)
            event = filed(report, room.category if room is not None else "")
            await self.recorder.record(tx, report.tenant, stream, [event])

        await self.db.transact(work)
        await self.news.tell(report)
        return report.id

    async def _room(self, actor: Actor, id: RoomId | None) -> Room | None:
        if id is None:
            return None
        room = await self.db.rooms.get(id)
        if room is None or room.tenant != actor.tenant.name or room.state is RoomStatus.RESERVED:
            raise RoomNotFound
        if await self.privacy.conceals(room.tenant, actor.user, id) and not await self._is_banned(actor.user, room):
            raise RoomConcealed
        return room

    async def _is_banned(self, user: UserId, room: Room) -> bool:
        """Say whether somebody was evicted of the room: a ban does not keep them from telling of it."""
        access = await self.db.room_access.get(room.id, user)
        return access is not None and access.is_banned(self.clock.now())

    async def _written(self, actor: Actor, complaint: Complaint, said: Message | None) -> Report:
        """Return the report as it is kept: of a message with what it says now."""
        target, words, now = complaint.target or UserId(""), "", self.clock.now()
        if said is not None:
            target, words = said.user or target, (said.text or said.data.decode())[:_WORDS_MAX]
        else:
            await self._check_known(actor.tenant.name, target)
        return Report(
            id=new_id(now),
            tenant=actor.tenant.name,
            reporter=actor.user,
            at=now,
            reason=complaint.reason,
            room=complaint.room or RoomId(""),
            target=target,
            message=complaint.message,
            words=words,
            note=complaint.note,
        )

    async def _message(self, tenant: TenantName, complaint: Complaint) -> Message:
        number = read_number(complaint.message)
        if number is None or complaint.room is None:
            raise MessageNotFound
        return await self.evidence.find(tenant, complaint.room, number)

    async def _check_known(self, tenant: TenantName, target: UserId) -> None:
        if target:
            present(await self.db.users.get(target), tenant)


@dataclass(frozen=True, slots=True)
class Reports:
    """Shows reports, and notes what came of them."""

    db: Database
    clock: Clock
    trail: Audit
    oversight: Oversight
    news: ReportNews
    notifier: ModerationNotifier

    async def page(
        self, actor: Actor, room: RoomId | None, state: ReportState, *, cursor: str, limit: int
    ) -> tuple[Sequence[Report], str]:
        """Return reports about people of a live room, or for admins those of the whole tenant, newest first, with a
        cursor.

        Only admins and the operator see reports about the room itself, its owner or the actor: nobody may learn who has
        reported them. Raises ``RoomNotFound``, ``PermissionDenied``.
        """
        await self.oversight.check(actor, room)
        withheld = await self._withheld(actor, room)
        return await self.page_of(ReportQuery(actor.tenant.name, room, state, cursor, limit, withheld))

    async def page_of(self, query: ReportQuery) -> tuple[Sequence[Report], str]:
        """Return the same for the operator's own server, about rooms in whatever state."""
        found = await self.db.reports.page(query._replace(limit=query.limit + 1))
        return cut(found, query.limit, lambda report: report.id)

    async def own(self, actor: Actor, *, cursor: str, limit: int) -> tuple[Sequence[Report], str]:
        """Return the reports that the actor has made, the newest first, and the next page's cursor."""
        return await self.page_of(ReportQuery(actor.tenant.name, None, None, cursor, limit, reporter=actor.user))

    async def language(self, actor: Actor) -> Language:
        """Return the language of texts for the actor."""
        user = await self.db.users.get(actor.user)
        return actor.tenant.language if user is None else self.notifier.language_of(user)

    async def count(self, actor: Actor, room: RoomId | None, *, after: str) -> tuple[int, str]:
        """Return how many open reports ``page`` has that were made after one of them, and the newest of these.

        At most ``COUNTED`` are counted. Raises as ``page``.
        """
        await self.oversight.check(actor, room)
        withheld = await self._withheld(actor, room)
        query = ReportQuery(actor.tenant.name, room, ReportState.OPEN, "", COUNTED, withheld, after)
        found = await self.db.reports.page(query)
        return len(found), found[0].id if found else after

    async def resolve(self, actor: Actor | Operator, id: str, outcome: str) -> Report:
        """Note what came of a report; of one that is resolved already, the first who did it stands.

        Raises ``ReportNotFound``, ``PermissionDenied``.
        """
        if not isinstance(actor, Actor):
            return await self.resolve_as(actor.actor, actor.tenant.name, id, outcome)
        await self._check(actor, id)

        async def note(tx: Tx, done: Report) -> None:
            await self._note(tx, actor, done)

        return await self.resolve_as(f"user:{actor.user}", actor.tenant.name, id, outcome, note)

    async def resolve_as(self, by: str, tenant: TenantName, id: str, outcome: str, also: Also | None = None) -> Report:
        """Note what came of a report, whoever did it, and notify its reporter; who may is the caller's.

        Raises ``ReportNotFound``.
        """

        async def work(tx: Tx) -> tuple[Report, bool]:
            report = await tx.reports.lock(id)
            if report is None or report.tenant != tenant:
                raise ReportNotFound
            if report.state is ReportState.RESOLVED:
                return report, False
            done = await close_report(tx, report, by=by, at=self.clock.now(), outcome=outcome)
            if also is not None:
                await also(tx, done)
            return done, True

        done, is_new = await self.db.transact(work)
        if is_new:
            await self.news.tell(done)
            await self.notifier.report_resolved(done)
        return done

    async def _check(self, actor: Actor, id: str) -> None:
        report = await self.db.reports.get(id)
        if report is None or report.tenant != actor.tenant.name:
            raise ReportNotFound
        room = report.room or None
        if report.target in await self._withheld(actor, room):
            raise PermissionDenied
        await self.oversight.check(actor, room)

    async def _withheld(self, actor: Actor, room: RoomId | None) -> frozenset[UserId]:
        """Return of whom the actor sees no reports of a room; "" is the room itself."""
        found = None if room is None else await self.db.rooms.get(room)
        if found is None or await is_admin(self.db, actor.user):
            return frozenset()
        return frozenset((UserId(""), found.owner, actor.user))

    async def _note(self, tx: Tx, actor: Actor, done: Report) -> None:
        target, room = done.target, done.room
        entry = self.trail.entry(done.tenant, actor.user, RESOLVE, target=target, room=room, reason=done.outcome)
        await tx.audit.add([entry])


async def close_report(tx: Tx, report: Report, *, by: str, at: datetime, outcome: str, measure: str = "") -> Report:
    """Resolve a locked report within the caller's transaction; its evidence is kept for a while longer."""
    done = replace(report, state=ReportState.RESOLVED, handled_by=by, handled=at, outcome=outcome, measure=measure)
    await tx.reports.resolve(done)
    await tx.evidence.keep_until(report.id, kept_until(at))
    return done
