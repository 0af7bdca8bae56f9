"""Statements of reasons, as those whom they are about read and appeal them, and operators decide about appeals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, StatementNotFound, TokenInvalid, Unavailable
from liveroom.domain.events.outbox import OutboxRow
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.moderation.evidence import kept_until
from liveroom.domain.moderation.reports import Measure
from liveroom.domain.moderation.statements import AppealState, StatementOfReasons
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.moderation.measures import Measures
from liveroom.usecases.moderation.notifying import ModerationNotifier
from liveroom.usecases.moderation.queue_news import AppealNews

_LOOKED_THROUGH: Final = 20
"""Newest statements of a user among which that of their ban is looked for."""
_ONCE: Final = "statementId: it was appealed before, or too long ago"


@dataclass(frozen=True, slots=True)
class Appeals:
    """Lists statements, takes appeals and decides about them."""

    db: Database
    clock: Clock
    measures: Measures
    relay: OutboxRelay
    notifier: ModerationNotifier
    news: AppealNews

    async def own(self, actor: Actor, *, cursor: str, limit: int) -> tuple[Sequence[StatementOfReasons], str]:
        """Return the statements about the actor, the newest first, and the next page's cursor."""
        return await self.about(actor.tenant.name, actor.user, cursor=cursor, limit=limit)

    async def about(
        self, tenant: TenantName, user: UserId, *, cursor: str, limit: int
    ) -> tuple[Sequence[StatementOfReasons], str]:
        """Return the statements about a user of a tenant, likewise."""
        found = await self.db.statements.of_user(user, cursor, limit + 1)
        return cut([one for one in found if one.tenant == tenant], limit, lambda one: one.id)

    async def appeal(self, actor: Actor, id: str, text: str) -> StatementOfReasons:
        """Appeal against what a statement about the actor says. Raises ``StatementNotFound``, ``BadRequest``."""
        return await self._appeal(id, text, actor.user)

    async def appeal_by_token(self, token: str, text: str) -> StatementOfReasons:
        """Do the same for whoever has a statement's token."""
        try:
            id = self.notifier.tokens.read(token)
        except TokenInvalid:
            raise StatementNotFound from None
        return await self._appeal(id, text, None)

    async def token_while_banned(self, user: UserId) -> str:
        """Return the token with which somebody can appeal against their ban from the tenant; "" where they cannot."""
        try:
            stated = await self.db.statements.of_user(user, "", _LOOKED_THROUGH)
        except Unavailable:
            return ""
        bans = [one for one in stated if one.measure is Measure.BAN and not one.room]
        is_open = bool(bans) and bans[0].may_be_appealed(self.clock.now())
        return self.notifier.tokens.sign(bans[0].id) if is_open else ""

    async def page(
        self, operator: Operator, state: AppealState, *, cursor: str, limit: int
    ) -> tuple[Sequence[StatementOfReasons], str]:
        """Return statements whose appeals are in a state, the newest first, and the next page's cursor."""
        found = await self.db.statements.in_state(operator.tenant.name, state, cursor, limit + 1)
        return cut(found, limit, lambda one: one.id)

    async def decide(self, operator: Operator, id: str, text: str, *, grant: bool) -> StatementOfReasons:
        """Answer an appeal; one that is granted has the mute or ban lifted. Answered before, the first answer stands.

        Raises ``StatementNotFound``, ``BadRequest`` for one that nobody has appealed.
        """

        async def work(tx: Tx) -> tuple[StatementOfReasons, Sequence[OutboxRow], bool]:
            statement = await tx.statements.lock(id)
            if statement is None or statement.tenant != operator.tenant.name:
                raise StatementNotFound
            if statement.state is AppealState.NONE:
                raise BadRequest("statementId: nobody has appealed")
            if statement.state is not AppealState.APPEALED:
                return statement, (), False
            now = self.clock.now()
            answered = statement.answered(operator.actor, text, now, granted=grant)
            await tx.statements.put(answered)
            await tx.evidence.keep_until(statement.report, kept_until(now))
            return answered, await self.measures.undo(tx, statement) if grant else (), True

        statement, rows, is_new = await self.db.transact(work)
        if is_new:
            await self.relay.deliver_later(rows)
            await self.news.tell(statement)
            await self.notifier.stated(statement)
        return statement

    async def _appeal(self, id: str, text: str, user: UserId | None) -> StatementOfReasons:
        async def work(tx: Tx) -> StatementOfReasons:
            statement, now = await tx.statements.lock(id) if id else None, self.clock.now()
            if statement is None or user not in (None, statement.user):
                raise StatementNotFound
            if not statement.may_be_appealed(now):
                raise BadRequest(_ONCE)
            appealed = statement.appealed_with(text, now)
            await tx.statements.put(appealed)
            await tx.evidence.keep_until(statement.report, None)
            return appealed

        appealed = await self.db.transact(work)
        await self.news.tell(appealed)
        return appealed
