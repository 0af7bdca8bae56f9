"""The operators' queue of reports: looking at one with its evidence, keeping it for oneself, and acting on many.

Deed, statement of reasons and note are one transaction of each report: it is acted on once, whoever else resolves it at
the same time and wherever the process dies. What follows in the live store is in the outbox.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from liveroom import faults
from liveroom.domain.accounts.users import User, present
from liveroom.domain.errors import PermissionDenied, Refused, ReportNotFound
from liveroom.domain.events.outbox import OutboxRow
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.moderation.evidence import Evidence
from liveroom.domain.moderation.handling import Handled, Handling, ReportOutcome, check_handling
from liveroom.domain.moderation.reasons import Reason
from liveroom.domain.moderation.reports import CLAIMED_FOR, COUNTED, Measure, Report, ReportState
from liveroom.domain.moderation.statements import StatementOfReasons, words_of
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, ReportQuery, Tx
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.moderation.measures import Measures, Subject
from liveroom.usecases.moderation.notifying import ModerationNotifier
from liveroom.usecases.moderation.queue_news import ReportNews
from liveroom.usecases.moderation.reasons import Reasons
from liveroom.usecases.moderation.reports import close_report


class SeenReport(NamedTuple):
    """A report with all that an operator needs to decide."""

    report: Report
    evidence: Evidence | None
    """None: it is kept no longer, or the report is older than evidence."""
    statement: StatementOfReasons | None
    warned: int
    """How often the reported user was warned."""
    others: int
    """Other open reports about them, at most ``COUNTED``."""
    users: Mapping[UserId, User]
    """The reported user and the reporter, as they are now."""


class _Resolved(NamedTuple):
    handled: Handled
    subject: Subject | None = None
    statement: StatementOfReasons | None = None
    """One made now."""
    rows: Sequence[OutboxRow] = ()


@dataclass(frozen=True, slots=True)
class ReportQueue:
    """What operators do with reports."""

    db: Database
    clock: Clock
    reasons: Reasons
    measures: Measures
    relay: OutboxRelay
    notifier: ModerationNotifier
    news: ReportNews

    async def page(self, query: ReportQuery) -> tuple[Sequence[Report], Mapping[UserId, User], str]:
        """Return reports, the newest first, the users whom they name, and the next page's cursor."""
        found = await self.db.reports.page(query._replace(limit=query.limit + 1))
        page, following = cut(found, query.limit, lambda report: report.id)
        named = {user for report in page for user in (report.target, report.reporter) if user}
        users = {user.id: user for user in await self.db.users.list(sorted(named))} if named else {}
        return page, users, following

    async def get(self, operator: Operator, id: str) -> SeenReport:
        """Return a report with its evidence. Raises ``ReportNotFound``."""
        tenant = operator.tenant.name
        report = await self.db.reports.get(id)
        if report is None or report.tenant != tenant:
            raise ReportNotFound
        warned, others = 0, 0
        if report.target:
            warned = (await self.db.statements.warned([report.target])).get(report.target, 0)
            query = ReportQuery(tenant, None, ReportState.OPEN, "", COUNTED + 1, target=report.target)
            others = len([one for one in await self.db.reports.page(query) if one.id != id])
        statement = await self.db.statements.of_report(id)
        named = sorted({user for user in (report.target, report.reporter) if user})
        users = {user.id: user for user in await self.db.users.list(named)}
        return SeenReport(report, await self.db.evidence.get(id), statement, warned, min(others, COUNTED), users)

    async def claim(self, operator: Operator, id: str) -> Report:
        """Keep an open report for oneself for ``CLAIMED_FOR``; return it: of two at once one has it afterwards.

        Raises ``ReportNotFound``.
        """

        def taken(report: Report) -> Report:
            now = self.clock.now()
            if report.state is ReportState.RESOLVED or report.claimant(now) not in ("", operator.actor):
                return report
            return replace(report, claimed_by=operator.actor, claimed_until=now + CLAIMED_FOR)

        return await self._claim(operator, id, taken)

    async def release(self, operator: Operator, id: str) -> Report:
        """Let others have a report that one has claimed; another's claim stays. Raises ``ReportNotFound``."""

        def released(report: Report) -> Report:
            is_own = report.state is ReportState.OPEN and report.claimed_by == operator.actor
            return replace(report, claimed_by="", claimed_until=None) if is_own else report

        return await self._claim(operator, id, released)

    async def resolve(self, operator: Operator, ids: Sequence[str], handling: Handling) -> Sequence[Handled]:
        """Act on reports and resolve them, each by itself; return what came of each, in this order.

        Of several about the same user, the first is acted on, and the others are resolved with it. Raises
        ``BadRequest``, ``PermissionDenied``.
        """
        check_handling(handling)
        _check_may(operator, handling)
        reason = await self.reasons.find(operator.tenant.name, handling.reason)
        acted: dict[Subject, str] = {}
        handled = []
        for id in ids:
            resolved = await self._one(operator, id, handling, reason, acted)
            handled.append(resolved.handled)
            if resolved.subject is not None:
                acted.setdefault(resolved.subject, resolved.handled.statement)
            await self._tell(resolved)
        return handled

    async def _one(
        self, operator: Operator, id: str, handling: Handling, reason: Reason | None, acted: dict[Subject, str]
    ) -> _Resolved:
        async def work(tx: Tx) -> _Resolved:
            report, now = await tx.reports.lock(id), self.clock.now()
            if report is None or report.tenant != operator.tenant.name:
                return _Resolved(Handled(id, ReportOutcome.UNKNOWN, None))
            if report.state is ReportState.RESOLVED:
                return _Resolved(Handled(id, ReportOutcome.ALREADY, report))
            if report.claimant(now) not in ("", operator.actor) and not handling.force:
                return _Resolved(Handled(id, ReportOutcome.CLAIMED, report))
            done = _Resolved(Handled(id, ReportOutcome.DONE, report))
            if handling.measure is not Measure.DISMISS:
                done = await self._act(tx, operator, report, handling, reason, acted)
            by, note, measure = operator.actor, handling.note, handling.measure.value
            resolved = await close_report(tx, report, by=by, at=now, outcome=note, measure=measure)
            return done._replace(handled=done.handled._replace(report=resolved))

        try:
            return await self.db.transact(work)
        except Refused as failure:
            report = await self.db.reports.get(id)
            problem = f"{type(failure).__name__}: {failure.detail}" if failure.detail else type(failure).__name__
            return _Resolved(Handled(id, ReportOutcome.REFUSED, report, problem=problem))

    async def _act(
        self,
        tx: Tx,
        operator: Operator,
        report: Report,
        handling: Handling,
        reason: Reason | None,
        acted: dict[Subject, str],
    ) -> _Resolved:
        """Do what was decided, and state it; for a subject that this call has acted on before, point to that."""
        subject = await self._subject(tx, report, handling)
        handled = Handled(report.id, ReportOutcome.DONE, report)
        if subject in acted:
            return _Resolved(handled._replace(statement=acted[subject]), subject)
        if handling.measure is Measure.BAN and not subject.room:
            _need(operator, "users.moderate")
        user = present(await tx.users.get(subject.user), subject.tenant)
        statement = StatementOfReasons(
            id=new_id(self.clock.now()),
            tenant=subject.tenant,
            user=user.id,
            measure=handling.measure,
            at=self.clock.now(),
            by=operator.actor,
            report=report.id,
            reason="" if reason is None else reason.id,
            words=words_of(reason, handling.text, self.notifier.language_of(user)),
        )
        done = await self.measures.take(tx, handling, subject, statement.line)
        statement = replace(statement, until=done.until, room=done.room)
        await tx.statements.add(statement)
        return _Resolved(handled._replace(statement=statement.id), subject, statement, done.rows)

    async def _subject(self, tx: Tx, report: Report, handling: Handling) -> Subject:
        """Return whom it is done to: the reported user, else, or where a room is closed, whose room it is."""
        room = RoomId("") if handling.everywhere else report.room
        if report.target and handling.measure is not Measure.CLOSE:
            return Subject(report.tenant, report.target, room)
        found = await tx.rooms.get(report.room) if report.room else None
        owner = UserId("") if found is None else found.owner
        seen = await tx.evidence.get(report.id) if handling.measure is not Measure.CLOSE else None
        if seen is not None and seen.room is not None:
            owner = UserId(seen.room.owner_id)
        return Subject(report.tenant, owner, room)

    async def _tell(self, resolved: _Resolved) -> None:
        """Notify whom it concerns, then apply it: whoever is banned hears of it before their connections end."""
        faults.point("report.resolved")
        if resolved.statement is not None:
            await self.notifier.stated(resolved.statement)
        await self.relay.deliver_later(resolved.rows)
        if resolved.handled.outcome is ReportOutcome.DONE and resolved.handled.report is not None:
            await self.news.tell(resolved.handled.report)
            await self.notifier.report_resolved(resolved.handled.report)

    async def _claim(self, operator: Operator, id: str, change: Callable[[Report], Report]) -> Report:
        async def work(tx: Tx) -> tuple[Report, bool]:
            report = await tx.reports.lock(id)
            if report is None or report.tenant != operator.tenant.name:
                raise ReportNotFound
            changed = change(report)
            if changed != report:
                await tx.reports.claim(changed)
            return changed, changed != report

        report, is_new = await self.db.transact(work)
        if is_new:
            await self.news.tell(report)
        return report


def _check_may(operator: Operator, handling: Handling) -> None:
    """Raise ``PermissionDenied`` unless the operator may do it beside handling reports."""
    if handling.everywhere:
        _need(operator, "users.moderate")
    elif handling.measure not in (Measure.DISMISS, Measure.WARN):
        _need(operator, "rooms.moderate")


def _need(operator: Operator, permission: str) -> None:
    if not operator.may(permission):
        raise PermissionDenied(permission)
