"""Accounts: registering, signing in and out, deleting.

Logins write to SQL alone, so that no outage of Redis stops them.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor, Session, SessionEnd
from liveroom.domain.accounts.signatures import RETRY, TIMED_MAX, LoginSignature
from liveroom.domain.accounts.users import LoginCredential, Timed, User, fold_username, read_username
from liveroom.domain.addresses import network_of
from liveroom.domain.errors import (
    CredentialsWrong,
    NameTaken,
    NotOffered,
    PermissionDenied,
    QuotaExceeded,
    SignatureRefused,
    TokenExpired,
    TokenInvalid,
)
from liveroom.domain.events import users as user_events
from liveroom.domain.events.outbox import OutboxRow, SessionsEnded
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import SessionId, UserId, new_id
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.privacy.erasures import erasure_of
from liveroom.domain.rooms.model import CloseReason, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Live, TokenIssuer, Tx, UserSigs, Vault
from liveroom.usecases.accounts.attempts import WINDOW, Guesses
from liveroom.usecases.accounts.authentication import why_over
from liveroom.usecases.accounts.fresh_ids import add_user
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.importing.accounts import ImportedLogins, forget_user
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

TIMELESS_LOGINS: Final = 60
"""Logins of one account in ``WINDOW`` whose signature carries no time (and could be replayed)."""

_NO_SALT: Final = "0" * 32


@dataclass(frozen=True, slots=True)
class Login:
    """A user signed in: what a login reply is made of."""

    user: User
    tenant: Tenant
    token: str
    expires: datetime
    user_sig: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What the operator allows: ``registration`` by anyone, and whether a login signature must carry its time."""

    registration: bool = True
    signature_time: bool = False
    accounts: int = 0
    """Accounts that one address may register within ``WINDOW``; 0 for any number."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts and logins of a tenant."""

    db: Database
    live: Live
    clock: Clock
    tokens: TokenIssuer
    vault: Vault
    user_sigs: UserSigs
    broadcasts: Broadcasts
    relay: OutboxRelay
    gate: Gate
    vendor_tasks: VendorTaskQueue
    recorder: EventRecorder
    screening: Screening
    guesses: Guesses
    address_bans: AddressBans

    async def register(self, tenant: Tenant, address: str, username: str, salt: str) -> User:
        """Make an account. Raises ``NameTaken`` (also for the same salt, and for a name that looks like another's),
        ``NotOffered`` when registration is closed, ``RateLimited``, ``QuotaExceeded``, ``ContentRefused``,
        ``BadRequest``.
        """
        if not self.gate.registration:
            raise NotOffered
        name = read_username(username)
        self.address_bans.check(tenant.name, address)
        if self.gate.accounts:
            # A taken name counts too: otherwise names could be tried without end.
            key = f"register:{network_of(address)}"
            await check_rate(self.live, key, limit=self.gate.accounts, window=WINDOW)
        await self.screening.username(tenant.name, name)
        folded = fold_username(name)
        sealed = self.vault.seal(salt, salt_context(tenant, folded))
        if await self.db.users.looks_taken(tenant.name, folded):
            raise NameTaken

        async def work(tx: Tx) -> User:
            await check_quota(tx, tenant)
            now = self.clock.now()
            user = await add_user(tx, tenant, lambda id: User(id, tenant.name, now, now))
            if not await tx.users.add_credential(LoginCredential(tenant.name, name, user.id, sealed), folded):
                raise NameTaken
            await self.vendor_tasks.signed_in(tx, user.id, tenant.name, now)
            await self.recorder.record_for_user(
                tx, user, user_events.registered(user, SignupSource.REGISTER, username=name)
            )
            return user

        return await self.db.transact_in_group(work)

    async def sign_in(
        self, tenant: Tenant, address: str, signature: LoginSignature, *, nickname: str = "", avatar: str = ""
    ) -> Login:
        """Open a session for whoever signed with the account's salt.

        Raises ``CredentialsWrong`` (unknown name and wrong signature alike), ``SignatureRefused``, ``RateLimited``,
        ``UserBanned``, ``ContentRefused`` for a nickname that would be theirs, ``BadRequest``.
        """
        now = self.clock.now()
        folded = fold_username(read_username(signature.username))
        signature.check_time(now, required=self.gate.signature_time)
        attempt = await self.guesses.begin(f"login:{tenant.name}:{folded}", address)
        try:
            user, timed = await self._verify(tenant, folded, signature)
        except CredentialsWrong:
            await attempt.failed()
            raise
        await attempt.check()
        attempt.remember()
        user.check_ban(now)
        self.address_bans.check(tenant.name, address, user.created)
        signature.check_timed(timed)
        if not signature.ts:
            await self._check_timeless(tenant, folded)
        nickname = await self.screening.nickname(user, nickname)
        note = Timed(folded, timed) if signature.ts and signature.tag not in timed else None
        mark = self.address_bans.stamp(address)
        opened = Session(SessionId(new_id(now)), user.id, user.tenant, now, signature.tag, address=mark)
        session = await self._open_session(opened, signature, note)
        user = await self._fill(user, nickname, avatar)
        return self.login(tenant, user, session, now)

    async def sign_in_again(self, actor: Actor) -> Login:
        """Give a signed-in user a new token of the same session; older tokens stay good."""
        found = await self.db.users.with_session(actor.user, actor.session)
        if found is None or found[0].tenant != actor.tenant.name:
            raise TokenInvalid
        user, session = found
        now = self.clock.now()
        if user.deleted is not None or (session is not None and session.ended is not None):
            raise why_over(user, now)
        user.check_ban(now)
        return self.login(actor.tenant, user, actor.session, now)

    async def open_for(self, user: User) -> str:
        """Open a session for a user on the operator's word, and return its token."""
        now = self.clock.now()
        session = SessionId(new_id(now))
        await self.db.sessions.add(Session(session, user.id, user.tenant, now, tag="operator"))
        return self.tokens.issue(user.id, session, user.tenant, now)[0]

    async def sign_out(self, token: str, user_id: str) -> None:
        """End the token's session everywhere; rubbish ends nothing."""
        try:
            claims = self.tokens.read(token, self.clock.now())
        except (TokenInvalid, TokenExpired):
            return
        if user_id and user_id != claims.user:
            return

        async def work(tx: Tx) -> OutboxRow | None:
            found = await tx.users.with_session(claims.user, claims.session)
            if found is None or (found[1] is not None and found[1].ended is not None):
                return None
            user, session = found
            now = self.clock.now()
            session = session or Session(claims.session, user.id, user.tenant, claims.issued)
            await tx.sessions.end(session, now, SessionEnd.LOGOUT)
            return await tx.outbox.add(user.tenant, SessionsEnded(user.id, (session.id,), now), now)

        row = await self.db.transact(work)
        faults.point("logout.committed")
        if row is not None:
            await self.relay.deliver_later([row])

    async def end_replaced(self, user_id: UserId, sessions: Sequence[SessionId]) -> None:
        """End sessions of a user who has connected with another device; those that are over stay as they are."""

        async def work(tx: Tx) -> OutboxRow | None:
            now = self.clock.now()
            over = []
            for session_id in sessions:
                found = await tx.users.with_session(user_id, session_id)
                if found is None or (found[1] is not None and found[1].ended is not None):
                    continue
                user, session = found
                await tx.sessions.end(
                    session or Session(session_id, user.id, user.tenant, now), now, SessionEnd.REPLACED
                )
                over.append(session_id)
            if not over:
                return None
            message = SessionsEnded(user_id, tuple(over), now, why=SessionEnd.REPLACED)
            return await tx.outbox.add(user.tenant, message, now)

        row = await self.db.transact(work)
        if row is not None:
            await self.relay.deliver_later([row])

    async def delete(self, actor: Actor) -> None:
        """Delete the account: its sessions, presence entries and owned rooms end.

        Name, number and mailbox become free, the id does not. Deleting again changes nothing. The actor's session is
        not checked before: raises ``TokenInvalid`` if anything but the deletion has ended it.
        """

        async def work(tx: Tx) -> Sequence[OutboxRow]:
            user = await tx.users.lock(actor.user)
            if user is None or user.deleted is not None:
                return ()
            found = await tx.users.with_session(actor.user, actor.session)
            session = found[1] if found is not None else None
            # A session of the original has no row that a ban could end.
            now = self.clock.now()
            if user.is_banned(now) if session is None else session.ended is not None:
                raise why_over(user, now)
            return await self.delete_in(tx, user)

        rows = await self.db.transact(work)
        faults.point("delete.committed")
        await self.relay.deliver_later(rows)

    async def delete_in(self, tx: Tx, user: User) -> Sequence[OutboxRow]:
        """Delete a locked user within the caller's transaction; return the outbox rows.

        ``DeletedUsers`` erases what is left of them elsewhere.
        """
        now = self.clock.now()
        rows = []
        for room_id in (*await tx.rooms.owned_live(user.id), *await tx.schedules.of(user.id)):
            room = await tx.rooms.lock(room_id)
            if room is not None and room.state is not RoomStatus.CLOSED and room.owner == user.id:
                closed = await self.broadcasts.close_in(tx, room, by=user.id, reason=CloseReason.OWNER_DELETED)
                rows += [closed.row] if closed.row is not None else []
        sessions = tuple(await tx.sessions.open_of(user.id))
        await tx.sessions.end_all(user.id, now, SessionEnd.DELETED)
        await tx.users.remove_credentials(user.id)
        await forget_user(tx, user)
        await tx.contacts.release(user.id)
        await tx.own_users.remove(user.id)
        deleted = User(user.id, user.tenant, user.created, now, ended=now, deleted=now)
        await tx.users.put(deleted)
        await tx.erasures.add(erasure_of(user.id, user.tenant, now))
        await self.vendor_tasks.user_evicted(tx, deleted, now)
        await self.recorder.record_for_user(tx, deleted, user_events.deleted(deleted))
        message = SessionsEnded(user.id, sessions, now, everything=True, why=SessionEnd.DELETED)
        rows.append(await tx.outbox.add(user.tenant, message, now))
        return rows

    def sign_for(self, actor: Actor, user_id: str) -> tuple[UserId, str]:
        """Return the user and a user signature: for the caller's own id and its ``_music`` twin only."""
        if user_id not in (actor.user, f"{actor.user}_music"):
            raise PermissionDenied
        user = UserId(user_id)
        return user, self.user_sigs(actor.tenant, user, self.clock.now())

    def login(self, tenant: Tenant, user: User, session: SessionId, now: datetime) -> Login:
        """Return the answer to a login, with a fresh token."""
        token, expires = self.tokens.issue(user.id, session, tenant.name, now)
        return Login(user, tenant, token, expires, self.user_sigs(tenant, user.id, now))

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
            imported = ImportedLogins(self.db, self.clock, self.recorder)
            user = await imported.user_for(tenant, folded, salt, signature)
        return user, credential.timed

    async def _check_timeless(self, tenant: Tenant, folded: str) -> None:
        key = f"timeless:{tenant.name}:{folded}"
        await check_rate(self.live, key, limit=TIMELESS_LOGINS, window=WINDOW)

    async def _open_session(self, fresh: Session, signature: LoginSignature, timed: Timed | None) -> SessionId:
        """Open a session; ``timed``: note that signatures of the tag carry their time."""
        user, tenant, now = fresh.user, fresh.tenant, fresh.created

        async def work(tx: Tx) -> SessionId:
            if signature.ts:
                session, first = await tx.sessions.use_signature(signature.digest(tenant), fresh.id, now)
                if session != fresh.id:
                    if abs(now - first) > RETRY:
                        raise SignatureRefused("signature: already used")
                    return session
            await tx.sessions.add(fresh)
            await self.vendor_tasks.signed_in(tx, user, tenant, now)
            if timed is not None and len(timed.tags) < TIMED_MAX:
                await tx.users.add_timed(tenant, timed, signature.tag)
            return fresh.id

        session = await self.db.transact_in_group(work)
        self.live.renew(Heartbeat(user, session, now, keepalive=False))
        return session

    async def _fill(self, user: User, nickname: str, avatar: str) -> User:
        filled = replace(user, name=user.name or nickname, avatar=user.avatar or avatar)
        if filled == user:
            return user

        async def work(tx: Tx) -> User:
            current = await tx.users.lock(user.id) or user
            newer = replace(
                current, name=current.name or nickname, avatar=current.avatar or avatar, updated=self.clock.now()
            )
            await tx.users.put(newer)
            await self.vendor_tasks.profile_changed(tx, newer, newer.updated)
            await self.recorder.record_for_user(tx, newer, *user_events.changes(current, newer))
            return newer

        return await self.db.transact(work)


def salt_context(tenant: Tenant, folded: str) -> str:
    """Return what a salt is bound to when it is sealed: whose it is."""
    return f"salt:{tenant.name}:{folded}"


async def check_quota(tx: Tx, tenant: Tenant) -> None:
    """Raise ``QuotaExceeded`` when the tenant has as many users as it may."""
    most = tenant.quotas.users
    if most and await tx.users.count(tenant.name) >= most:
        raise QuotaExceeded(f"at most {most} users")
