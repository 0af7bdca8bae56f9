"""The ways to sign in: with a username and a signature, with a code that was sent to somebody, and as a guest.

Whoever reads what is sent to a number or mailbox is its account's owner; a guest's account is made on the spot, so that
looking in costs one click. Logins write to SQL alone, so that no outage of Redis stops them.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.accounts.contacts import Contact, ContactKind
from liveroom.domain.accounts.guests import TAG, friendly_name
from liveroom.domain.accounts.sessions import Session
from liveroom.domain.accounts.signatures import RETRY, TIMED_MAX, LoginSignature
from liveroom.domain.accounts.users import Profile, Timed, User, fold_username, read_username
from liveroom.domain.errors import CredentialsWrong, Failure, NotOffered, SignatureRefused, UserBanned
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.messages.words import TextKind
from liveroom.domain.tenants.model import Language, Tenant
from liveroom.ports import Clock, Database, Live, Tx, Vault
from liveroom.usecases.accounts.attempts import WINDOW, Guesses
from liveroom.usecases.accounts.contacts import Codes, Proof, bind, holder_of
from liveroom.usecases.accounts.profiles import ProfileWriter
from liveroom.usecases.accounts.registration import SignupLimits, add_user, check_quota, fresh_id, salt_context
from liveroom.usecases.accounts.sessions import Login, NewSessions
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.importing.logins import ImportedLogins
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.rates import check_rate

TIMELESS_LOGINS: Final = 60
"""Logins of one account in ``WINDOW`` whose signature carries no time (and could be replayed)."""

_NO_SALT: Final = "0" * 32


class Signer(NamedTuple):
    """Who has signed."""

    user: User
    folded: str
    """Their username, as it is compared."""
    timed: tuple[str, ...]
    """With which tags their signatures have carried their time."""


@dataclass(frozen=True, slots=True)
class LoginSignatures:
    """Finds out who has signed, and lets nobody guess."""

    db: Database
    live: Live
    vault: Vault
    guesses: Guesses
    imported: ImportedLogins
    needs_time: bool = False
    """A signature must carry its time."""

    async def check(self, tenant: Tenant, address: str, signature: LoginSignature, now: datetime) -> Signer:
        """Return who has signed. Raises ``CredentialsWrong``, ``SignatureRefused``, ``RateLimited``, ``BadRequest``."""
        folded = fold_username(read_username(signature.username))
        signature.check_time(now, required=self.needs_time)
        attempt = await self.guesses.begin(f"login:{tenant.name}:{folded}", address)
        try:
            user, timed = await self._verify(tenant, folded, signature)
        except CredentialsWrong:
            await attempt.failed()
            raise
        await attempt.check()
        attempt.remember()
        return Signer(user, folded, timed)

    async def check_replay(self, tenant: Tenant, signature: LoginSignature, signer: Signer) -> None:
        """Refuse a signature without a time where others have carried theirs, and too many where none has.

        Raises ``SignatureRefused``, ``RateLimited``.
        """
        signature.check_timed(signer.timed)
        if not signature.ts:
            key = f"timeless:{tenant.name}:{signer.folded}"
            await check_rate(self.live, key, limit=TIMELESS_LOGINS, window=WINDOW)

    async def _verify(self, tenant: Tenant, folded: str, signature: LoginSignature) -> tuple[User, tuple[str, ...]]:
        """Return whose signature it is, and the tags with which that user's signatures have carried a time."""
        found = await self.db.users.credential(tenant.name, folded)
        if found is None:
            # An unknown name takes as much work as a known one: sealing takes as long as opening.
            self.vault.seal(_NO_SALT, salt_context(tenant, folded))
            with suppress(CredentialsWrong):
                signature.check(_NO_SALT)
            raise CredentialsWrong
        credential, user = found
        salt = self.vault.open(credential.salt, salt_context(tenant, folded))
        signature.check(salt)
        if user is None:
            user = await self.imported.user_for(tenant, folded, salt, signature)
        return user, credential.timed


@dataclass(frozen=True, slots=True)
class Logins:
    """Signs users in who have a username."""

    db: Database
    clock: Clock
    signatures: LoginSignatures
    address_bans: AddressBans
    screening: Screening
    sessions: NewSessions
    profiles: ProfileWriter

    async def sign_in(
        self, tenant: Tenant, address: str, signature: LoginSignature, *, nickname: str = "", avatar: str = ""
    ) -> Login:
        """Open a session for whoever signed with the account's salt.

        Raises ``CredentialsWrong`` (unknown name and wrong signature alike), ``SignatureRefused``, ``RateLimited``,
        ``UserBanned``, ``ContentRefused`` for a nickname that would be theirs, ``BadRequest``.
        """
        now = self.clock.now()
        signer = await self.signatures.check(tenant, address, signature, now)
        user, folded, timed = signer
        user.check_ban(now)
        self.address_bans.check(tenant.name, address, user.created)
        await self.signatures.check_replay(tenant, signature, signer)
        nickname = await self.screening.nickname(user, nickname)
        note = Timed(folded, timed) if signature.ts and signature.tag not in timed else None
        fresh = self.sessions.make(user.id, user.tenant, signature.tag, address, now)
        session = await self._open_session(fresh, signature, note)
        user = await self._fill(user, Profile(nickname, avatar))
        return self.sessions.begin(tenant, user, session, now)

    async def _open_session(self, fresh: Session, signature: LoginSignature, timed: Timed | None) -> SessionId:
        """Open a session; ``timed``: note that signatures of the tag carry their time."""
        tenant, now = fresh.tenant, fresh.created

        async def work(tx: Tx) -> SessionId:
            if signature.ts:
                session, first = await tx.sessions.use_signature(signature.digest(tenant), fresh.id, now)
                if session != fresh.id:
                    if abs(now - first) > RETRY:
                        raise SignatureRefused("signature: already used")
                    return session
            await self.sessions.add(tx, fresh)
            if timed is not None and len(timed.tags) < TIMED_MAX:
                await tx.users.add_timed(tenant, timed, signature.tag)
            return fresh.id

        return await self.db.transact_in_group(work)

    async def _fill(self, user: User, profile: Profile) -> User:
        if (user.name or not profile.name) and (user.avatar or not profile.avatar):
            return user

        async def work(tx: Tx) -> User:
            return await self.profiles.fill(tx, await tx.users.lock(user.id) or user, profile, self.clock.now())

        return await self.db.transact(work)


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
    """Accounts of one address within ``attempts.WINDOW``; 0 for any number."""

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
