"""What people get to know of moderation: who reported, what came of it; to whom something is done, what and why.

It is stored before, and they can read it later (``moderation/my_reports``, ``moderation/statements``): so a failure to
send it fails nothing.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from liveroom.domain.accounts.users import User
from liveroom.domain.errors import Unavailable
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.user_payloads import ReportResult, SentStatement
from liveroom.domain.ids import TenantName
from liveroom.domain.moderation.reports import Report
from liveroom.domain.moderation.room_access import utc_text
from liveroom.domain.moderation.statements import AppealState, StatementOfReasons
from liveroom.domain.payloads import wire_time
from liveroom.domain.tenants.model import Language
from liveroom.ports import Clock, Database
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.signed_texts import SignedTexts
from liveroom.usecases.tenants.registry import Tenancy

log = structlog.get_logger("liveroom.moderation")

_RESULTS: Final = {
    "acted": ("感谢举报，我们已采取措施。", "Thank you for your report: we have acted on it."),
    "dismissed": ("感谢举报，我们没有发现违规内容。", "Thank you for your report: we found nothing against the rules."),
    "closed": ("感谢举报，我们已查看。", "Thank you for your report: we have looked at it."),
}


@dataclass(frozen=True, slots=True)
class ModerationNotifier:
    """Sends both."""

    db: Database
    clock: Clock
    tenants: Tenancy
    notifier: UserNotifier
    tokens: SignedTexts
    """With which somebody appeals without signing in: the statement's id, signed; good while the appeal is."""

    async def report_resolved(self, report: Report) -> None:
        """Notify whoever has made the report."""
        try:
            user = await self.db.users.get(report.reporter)
        except Unavailable as failure:
            log.warning("reporter.not_notified", report=report.id, cause=repr(failure.__cause__ or failure))
            return
        if user is None or user.deleted is not None:
            return
        result = ReportResult(
            report_id=report.id, result=report.result, text=result_text(report, self.language_of(user))
        )
        await self.notifier.notify(user.id, EventKind.REPORT_RESOLVED, result)

    async def stated(self, statement: StatementOfReasons) -> None:
        """Notify whom a statement is about."""
        await self.notifier.notify(statement.user, EventKind.USER_STATEMENT, self.sent(statement))

    def sent(self, statement: StatementOfReasons) -> SentStatement:
        """Return the statement as whom it is about gets to read it."""
        may_appeal = statement.may_be_appealed(self.clock.now())
        return SentStatement(
            statement_id=statement.id,
            measure=statement.measure.value,
            room_id=statement.room,
            reason_id=statement.reason,
            text=statement.words,
            time_utc=wire_time(statement.at),
            until_utc=utc_text(statement.until),
            state=statement.state.value,
            appeal=statement.appeal,
            answer=statement.answer if statement.state is not AppealState.APPEALED else "",
            may_appeal=may_appeal,
            appeal_token=self.tokens.sign(statement.id) if may_appeal else "",
        )

    def language_of(self, user: User) -> Language:
        """Return the language of texts for a user."""
        return user.language or self._tenants_language(user.tenant)

    def _tenants_language(self, name: TenantName) -> Language:
        tenant = self.tenants.get(name)
        return Language.ZH if tenant is None else tenant.language


def result_text(report: Report, language: Language) -> str:
    """Return what came of a report, for whoever made it; "" while it is open."""
    zh, en = _RESULTS.get(report.result, ("", ""))
    return zh if language is Language.ZH else en
