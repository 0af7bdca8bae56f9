"""Guests: an account and a session made on the spot, so that looking in costs one click."""

from dataclasses import dataclass, replace

from liveroom.domain.accounts.guests import TAG, friendly_name
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import NotOffered
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import UserId
from liveroom.domain.messages.words import TextKind
from liveroom.domain.tenants.model import Language, Tenant
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts.fresh_ids import add_user
from liveroom.usecases.accounts.registration import SignupLimits, check_quota
from liveroom.usecases.accounts.sessions import NewSessions
from liveroom.usecases.accounts.tokens import Login
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.messages.screening import Screening


@dataclass(frozen=True, slots=True)
class Guests:
    """Accounts of people who come without one."""

    db: Database
    clock: Clock
    limits: SignupLimits
    screening: Screening
    sessions: NewSessions
    recorder: EventRecorder
    is_open: bool
    limit: int
    """Accounts of one address within ``registration.WINDOW``; 0 for any number."""

    async def welcome(self, tenant: Tenant, address: str, nickname: str, language: Language) -> Login:
        """Make an account and sign it in; without a nickname it gets one in that language.

        Raises ``NotOffered``, ``AddressBanned``, ``RateLimited``, ``QuotaExceeded``, and ``ContentRefused`` for the
        nickname.
        """
        if not self.is_open:
            raise NotOffered
        await self.limits.check("guest", tenant.name, address, self.limit)
        name = await self.screening.words(tenant.name, TextKind.NAME, nickname.strip())
        name = name or friendly_name(language)
        now = self.clock.now()
        session = self.sessions.make(UserId(""), tenant.name, TAG, address, now)

        async def work(tx: Tx) -> User:
            await check_quota(tx, tenant)
            user = await add_user(tx, tenant, lambda id: User(id, tenant.name, now, now, name=name, tag=TAG))
            await self.sessions.add(tx, replace(session, user=user.id))
            await self.recorder.record_for_user(tx, user, user_events.registered(user, SignupSource.GUEST))
            return user

        user = await self.db.transact_in_group(work)
        return self.sessions.begin(tenant, user, session.id, now)
