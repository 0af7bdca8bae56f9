"""A person's data: asking for it, and handing it out by a link that works once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Final

import structlog

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import present
from liveroom.domain.errors import SignInTooOld, UserNotFound
from liveroom.domain.ids import TenantName, UserId, digest_of, new_id
from liveroom.domain.operators.caller import Operator
from liveroom.domain.privacy.exports import FRESH, LASTS, MOST, Export, NewExport
from liveroom.ports import Clock, Database, Live
from liveroom.usecases.privacy.archives import Archives
from liveroom.usecases.rates import check_rate

log = structlog.get_logger("liveroom.exports")

TOKEN_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class Exports:
    """Gives out links to archives, and archives for links."""

    db: Database
    live: Live
    clock: Clock
    archives: Archives

    async def request(self, actor: Actor) -> NewExport:
        """Give somebody a link to their own data.

        Raises ``SignInTooOld``: they signed in too long ago, so that whoever finds a phone gets nothing; and
        ``RateLimited``.
        """
        began = await self.db.sessions.began(actor.session)
        if began is None or began < self.clock.now() - FRESH:
            raise SignInTooOld
        await check_rate(self.live, f"export:{actor.user}", limit=MOST, window=LASTS)
        return await self._give(actor.tenant.name, actor.user, "")

    async def order(self, operator: Operator, user: UserId) -> NewExport:
        """Give an operator a link to somebody's data. Raises ``UserNotFound``."""
        present(await self.db.users.get(user), operator.tenant.name)
        return await self._give(operator.tenant.name, user, operator.actor)

    async def newest(self, actor: Actor) -> Export | None:
        """Return the last export that was asked for; None: nobody has."""
        return await self.db.exports.newest(actor.user)

    async def open(self, token: str) -> tuple[Export, AsyncIterator[bytes]] | None:
        """Return the archive of a link, which is used up by that; None: it does not work, or not any more."""
        if not 0 < len(token) <= TOKEN_MAX:
            return None
        export = await self.db.exports.use(digest_of(token), self.clock.now())
        if export is None:
            return None
        try:
            present(await self.db.users.get(export.user), export.tenant)
        except UserNotFound:
            return None
        log.info("export.downloaded", user=export.user, export=export.id)
        return export, self.archives.pieces(export.user)

    async def _give(self, tenant: TenantName, user: UserId, asked_by: str) -> NewExport:
        now, token = self.clock.now(), token_urlsafe(32)
        export = Export(new_id(now), tenant, user, digest_of(token), now, now + LASTS, asked_by)
        await self.db.exports.add(export)
        return NewExport(export, token)
