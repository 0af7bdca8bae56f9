"""Guests: an account and a session made on the spot, so that looking in costs one click."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.guests import TAG, friendly_name
from liveroom.domain.accounts.sessions import Session
from liveroom.domain.accounts.users import User
from liveroom.domain.addresses import network_of
from liveroom.domain.errors import NotOffered
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import SessionId, new_id
from liveroom.domain.messages.words import TextKind
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.tenants.model import Language, Tenant
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.accounts.fresh_ids import add_user
from liveroom.usecases.accounts.logins import Accounts, Login, check_quota
from liveroom.usecases.rates import check_rate

WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Guests:
    """Makes accounts for people who have none."""

    db: Database
    live: Live
    clock: Clock
    accounts: Accounts
    is_open: bool
    limit: int
    """Accounts of one address within ``WINDOW``; 0 for any number."""

    async def welcome(self, tenant: Tenant, address: str, nickname: str, language: Language) -> Login:
        """Make an account and sign it in; without a nickname it gets one in that language.

        Raises ``NotOffered``, ``AddressBanned``, ``RateLimited``, ``QuotaExceeded``, and ``ContentRefused`` for the
        nickname.
        """
        if not self.is_open:
            raise NotOffered
        self.accounts.address_bans.check(tenant.name, address)
        if self.limit:
            await check_rate(self.live, f"guest:{network_of(address)}", limit=self.limit, window=WINDOW)
        name = await self.accounts.screening.words(tenant.name, TextKind.NAME, nickname.strip())
        name = name or friendly_name(language)
        now = self.clock.now()
        session, mark = SessionId(new_id(now)), self.accounts.address_bans.stamp(address)

        async def work(tx: Tx) -> User:
            await check_quota(tx, tenant)
            user = await add_user(tx, tenant, lambda id: User(id, tenant.name, now, now, name=name, tag=TAG))
            await tx.sessions.add(Session(session, user.id, tenant.name, now, TAG, address=mark))
            await self.accounts.vendor_tasks.signed_in(tx, user.id, tenant.name, now)
            await self.accounts.recorder.record_for_user(tx, user, user_events.registered(user, SignupSource.GUEST))
            return user

        user = await self.db.transact_in_group(work)
        self.live.renew(Heartbeat(user.id, session, now, keepalive=False))
        return self.accounts.login(tenant, user, session, now)
