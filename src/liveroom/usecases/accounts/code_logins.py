"""Signing in with a code: whoever reads what is sent to a number or mailbox is its account's owner."""

from dataclasses import dataclass

from liveroom.domain.accounts.contacts import Contact, ContactKind
from liveroom.domain.accounts.sessions import Session
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import Failure, NotOffered, UserBanned
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import SessionId, UserId, new_id
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Live, Tx
from liveroom.usecases.accounts.codes import Codes, Proof
from liveroom.usecases.accounts.contacts import bind, holder_of
from liveroom.usecases.accounts.fresh_ids import fresh_id
from liveroom.usecases.accounts.logins import Accounts, Login, check_quota


@dataclass(frozen=True, slots=True)
class CodeLogins:
    """Logins by phone and by e-mail."""

    live: Live
    clock: Clock
    codes: Codes
    accounts: Accounts

    async def sign_in(self, tenant: Tenant, address: str, proof: Proof, tag: str) -> Login:
        """Open a session for the contact's account, which is made the first time.

        Raises what ``Codes.use`` raises, ``UserBanned``, ``QuotaExceeded``, and ``NotOffered`` for a contact without
        an account while registration is closed.
        """
        now = self.clock.now()
        session, bans = SessionId(new_id(now)), self.accounts.address_bans
        mark = bans.stamp(address)

        async def work(tx: Tx) -> User | Failure:
            user = await holder_of(tx, tenant.name, proof.contact)
            if user is None and not self.accounts.gate.registration:
                return NotOffered()
            try:
                bans.check(tenant.name, address, user.created if user is not None else None)
                user = user or await self._make(tx, tenant, proof.contact)
                user.check_ban(now)
            except UserBanned as refused:
                return refused
            await tx.sessions.add(Session(session, user.id, tenant.name, now, tag, address=mark))
            await self.accounts.vendor_tasks.signed_in(tx, user.id, tenant.name, now)
            return user

        user = await self.codes.use(tenant, proof, address, work)
        self.live.renew(Heartbeat(user.id, session, now, keepalive=False))
        return self.accounts.login(tenant, user, session, now)

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
        await self.accounts.recorder.record_for_user(tx, user, user_events.registered(user, SignupSource.CODE))
        return user
