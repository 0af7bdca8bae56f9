"""Signing in with a code: whoever reads what is sent to a number or mailbox is its account's owner."""

from dataclasses import dataclass, replace

from liveroom.domain.accounts.contacts import Contact, ContactKind
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import Failure, NotOffered, UserBanned
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Tx
from liveroom.usecases.accounts.codes import Codes, Proof
from liveroom.usecases.accounts.contacts import bind, holder_of
from liveroom.usecases.accounts.fresh_ids import fresh_id
from liveroom.usecases.accounts.registration import check_quota
from liveroom.usecases.accounts.sessions import NewSessions
from liveroom.usecases.accounts.tokens import Login
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.moderation.address_bans import AddressBans


@dataclass(frozen=True, slots=True)
class CodeLogins:
    """Logins by phone and by e-mail."""

    clock: Clock
    codes: Codes
    address_bans: AddressBans
    sessions: NewSessions
    recorder: EventRecorder
    makes_accounts: bool = True
    """Registration is open."""

    async def sign_in(self, tenant: Tenant, address: str, proof: Proof, tag: str) -> Login:
        """Open a session for the contact's account, which is made the first time.

        Raises what ``Codes.use`` raises, ``UserBanned``, ``QuotaExceeded``, and ``NotOffered`` for a contact without
        an account while registration is closed.
        """
        now = self.clock.now()
        session = self.sessions.make(UserId(""), tenant.name, tag, address, now)

        async def work(tx: Tx) -> User | Failure:
            user = await holder_of(tx, tenant.name, proof.contact)
            if user is None and not self.makes_accounts:
                return NotOffered()
            try:
                self.address_bans.check(tenant.name, address, user.created if user is not None else None)
                user = user or await self._make(tx, tenant, proof.contact)
                user.check_ban(now)
            except UserBanned as refused:
                return refused
            await self.sessions.add(tx, replace(session, user=user.id))
            return user

        user = await self.codes.use(tenant, proof, address, work)
        return self.sessions.begin(tenant, user, session.id, now)

    async def _make(self, tx: Tx, tenant: Tenant, contact: Contact) -> User:
        """Make the account, or return the one that somebody else has made for the contact meanwhile."""
        await check_quota(tx, tenant)
        now = self.clock.now()
        id = UserId(await fresh_id(tx, tenant, None))
        other = await bind(tx, tenant.name, contact, id)
        if other is not None:
            return other
        phone = contact.value if contact.kind is ContactKind.PHONE else ""
        email = contact.value if contact.kind is ContactKind.EMAIL else ""
        user = User(id, tenant.name, now, now, phone=phone, email=email)
        await tx.users.add(user)
        await self.recorder.record_for_user(tx, user, user_events.registered(user, SignupSource.CODE))
        return user
