"""Phone numbers and mailboxes: one-time codes that are sent there and used up, and which account has which.

How often codes are sent is counted twice: in the live store, which counts two simultaneous calls as two, and in SQL,
which keeps its counts through a restart or an outage of Redis. Every code that is sent costs the operator money.

A binding is a row of its own, unique within a tenant, so that only the first of two simultaneous calls gets it.
Imported accounts have no bindings yet: when a number is looked up, the oldest account with that number gets it. A
binding left behind by a deleted account (older releases know no bindings) belongs to nobody.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, NamedTuple, TypeVar

import structlog

from liveroom.domain.accounts.contacts import (
    A_DAY,
    A_MINUTE,
    PER_DAY,
    PER_MINUTE,
    TRIES,
    CaptchaTicket,
    CodeSession,
    CodeSessionId,
    Contact,
    ContactKind,
    named,
    new_code,
    new_session_id,
    stamped,
)
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.addresses import network_of
from liveroom.domain.errors import (
    BadRequest,
    CodeConsumed,
    CodeExpired,
    CodeInvalid,
    ContactTaken,
    Failure,
    NotOffered,
    TokenInvalid,
)
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.tenants.model import Language, Tenant
from liveroom.ports import Captcha, Clock, CodeSender, Database, Live, Stamps, Tx
from liveroom.usecases.accounts.attempts import Attempt, Guesses, by_address, check_attempts, count_failure
from liveroom.usecases.rates import check_rate, wait_for

log = structlog.get_logger("liveroom.codes")

T = TypeVar("T")
KEPT: Final = A_DAY
"""How long what was sent is remembered: limits count in days."""


@dataclass(frozen=True, slots=True)
class CodeDelivery:
    """How codes reach people. ``fixed`` are the numbers and mailboxes whose code is set: nothing is sent there."""

    captcha: Captcha
    senders: Mapping[ContactKind, CodeSender]
    fixed: Mapping[Contact, str]

    def code_for(self, contact: Contact) -> str:
        """Return the code to send. Raises ``NotOffered`` where nothing could carry it."""
        if contact in self.fixed:
            return self.fixed[contact]
        if contact.kind not in self.senders:
            raise NotOffered
        return new_code()

    async def carry(self, contact: Contact, code: str, language: Language) -> None:
        """Send the code, unless it is set. Raises ``SmsFailed``, ``EmailFailed``."""
        if contact not in self.fixed:
            await self.senders[contact.kind].send(contact, code, language)


class Proof(NamedTuple):
    """What proves that a number or mailbox is the caller's."""

    session: CodeSessionId
    contact: Contact
    code: str


class _Guess(Enum):
    """What a refused code says about whoever came with it."""

    NONE = auto()
    BLIND = auto()
    """It was made without a session: somebody who knows none must not be able to close the account to strangers."""
    AIMED = auto()


class _Refusal(NamedTuple):
    failure: Failure
    guess: _Guess = _Guess.NONE


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of every tenant."""

    db: Database
    live: Live
    clock: Clock
    stamps: Stamps
    guesses: Guesses
    delivery: CodeDelivery
    address_limit: int
    """Codes that one address may have sent in a day; 0 for any number."""

    async def send(self, tenant: Tenant, contact: Contact, ticket: CaptchaTicket, language: Language) -> CodeSessionId:
        """Send a new code, in a text of that language, and return the session that it belongs to.

        An address that has signed in with the contact before has its own allowance, which codes sent by strangers do
        not use up. Raises ``NotOffered``, ``RateLimited``, ``BadRequest`` (the captcha is not solved),
        ``ProviderUnavailable``, ``ProviderNonsense``, ``SmsFailed``, ``EmailFailed``.
        """
        code = self.delivery.code_for(contact)
        now, id = self.clock.now(), new_session_id()
        session = CodeSession(
            id=id,
            tenant=tenant.name,
            contact=self.stamps.stamp(named(tenant.name, contact)),
            address=self.stamps.stamp(f"address\n{network_of(ticket.address)}"),
            stamp=self.stamps.stamp(stamped(id, tenant.name, contact, code)),
            created=now,
        )
        is_own = await self.guesses.knows(_account(session.contact), ticket.address)
        await self._check_frequency(session, count=0, is_own=is_own)
        await self._check_captcha(ticket)
        await self._check_frequency(session, count=1, is_own=is_own)
        await self.db.transact(lambda tx: self._note(tx, session, is_own=is_own))
        await self.delivery.carry(contact, code, language)
        log.info("code.sent", kind=contact.kind.value, to=contact.hint)
        return session.id

    async def use(
        self,
        tenant: Tenant,
        proof: Proof,
        address: str,
        work: Callable[[Tx], Awaitable[T | Failure]],
        *,
        account: str = "",
    ) -> T:
        """Use up the code and do the work in the same transaction; return or raise what the work does.

        A wrong code counts as a guess at ``account``, by default the contact's. Raises ``CodeInvalid``,
        ``CodeExpired``, ``CodeConsumed``, ``RateLimited``.
        """
        account = account or _account(self.stamps.stamp(named(tenant.name, proof.contact)))
        attempt = await self.guesses.begin(account, address)

        async def both(tx: Tx) -> T | Failure | _Refusal:
            refusal = await self._check(tx, tenant, proof)
            return refusal if refusal is not None else await work(tx)

        outcome = await self.db.transact(both)
        if isinstance(outcome, _Refusal):
            await _count(attempt, outcome.guess)
            raise outcome.failure
        attempt.remember()
        if isinstance(outcome, Failure):
            raise outcome
        return outcome

    async def _check(self, tx: Tx, tenant: Tenant, proof: Proof) -> _Refusal | None:
        """Spend a try. A refusal is returned, not raised, so that the spent try is committed."""
        is_try = await tx.codes.spend_try(proof.session, TRIES)
        session, now = await tx.codes.get(proof.session), self.clock.now()
        if session is None or session.tenant != tenant.name:
            return _Refusal(CodeInvalid(), _Guess.BLIND)
        if not is_try:
            return _Refusal(CodeConsumed())
        if session.is_over(now):
            return _Refusal(CodeExpired())
        text = stamped(proof.session, tenant.name, proof.contact, proof.code)
        if not self.stamps.is_stamp(session.stamp, text):
            return _Refusal(CodeInvalid(), _Guess.AIMED)
        await tx.codes.use(session.id, now)
        return None

    async def _check_captcha(self, ticket: CaptchaTicket) -> None:
        limits = (by_address(ticket.address),)
        await check_attempts(self.live, limits)
        try:
            await self.delivery.captcha.check(ticket)
        except BadRequest:
            await count_failure(self.live, limits)
            raise

    async def _check_frequency(self, session: CodeSession, *, count: int, is_own: bool) -> None:
        contact = f"{session.contact}:{session.address}" if is_own else session.contact
        limits = [(f"code-minute:{contact}", PER_MINUTE, A_MINUTE), (f"code-day:{contact}", PER_DAY, A_DAY)]
        if self.address_limit:
            limits.append((f"code-day:{session.address}", self.address_limit, A_DAY))
        for key, limit, window in limits:
            await check_rate(self.live, key, limit=limit, window=window, count=count)

    async def _note(self, tx: Tx, session: CodeSession, *, is_own: bool) -> None:
        since = session.created - A_DAY
        sent = await tx.codes.sent_to(session.contact, since, address=session.address if is_own else "")
        if sent.count >= PER_DAY:
            raise wait_for(A_DAY)
        if sent.last is not None and sent.last > session.created - A_MINUTE:
            raise wait_for(sent.last + A_MINUTE - session.created)
        if self.address_limit and (await tx.codes.sent_from(session.address, since)).count >= self.address_limit:
            raise wait_for(A_DAY)
        await tx.codes.add(session)


async def _count(attempt: Attempt, guess: _Guess) -> None:
    if guess is not _Guess.NONE:
        await attempt.failed(at_account=guess is _Guess.AIMED)


def _account(contact: str) -> str:
    """Return the key under which guesses at a contact are counted, from its digest."""
    return f"code:{contact}"


@dataclass(frozen=True, slots=True)
class ContactBindings:
    """Numbers and mailboxes of accounts that are there already."""

    db: Database
    clock: Clock
    codes: Codes

    async def bind(self, actor: Actor, proof: Proof) -> None:
        """Bind the contact to the actor, replacing a former one of its kind; binding it again changes nothing.

        Raises what ``Codes.use`` raises, ``BadRequest`` without a code, ``ContactTaken``.
        """
        user = await self.db.users.get(actor.user)
        if user is not None and _of_kind(user, proof.contact.kind) == proof.contact.value:
            return
        if not (proof.session and proof.code):
            raise BadRequest("sessionId, code: both are required to change phone or email")
        await self.codes.use(
            actor.tenant,
            proof,
            actor.address,
            lambda tx: self._bind(tx, actor, proof),
            account=f"binding:{actor.user}",
        )

    async def _bind(self, tx: Tx, actor: Actor, proof: Proof) -> Failure | None:
        user, tenant, contact = await tx.users.lock(actor.user), actor.tenant.name, proof.contact
        if user is None or user.deleted is not None:
            raise TokenInvalid
        holder = await holder_of(tx, tenant, contact)
        if holder is None:
            holder = await bind(tx, tenant, contact, user.id)
        if holder is not None and holder.id != user.id:
            return ContactTaken(f"{contact.kind}: it is another account's")
        former = _of_kind(user, contact.kind)
        if former:
            await tx.contacts.release_one(tenant, Contact(contact.kind, former), user.id)
        await tx.users.put(replace(_with(user, contact), updated=self.clock.now()))
        return None


async def holder_of(tx: Tx, tenant: TenantName, contact: Contact) -> User | None:
    """Return the user who has the contact, locked, within the caller's transaction."""
    bound = await tx.contacts.holder(tenant, contact)
    user = await _living(tx, bound) if bound is not None else None
    if user is not None:
        return user
    oldest = await carrier_of(tx, tenant, contact)
    if oldest is None:
        return None
    other = await bind(tx, tenant, contact, oldest.id)
    return other or await _living(tx, oldest.id)


async def carrier_of(tx: Tx, tenant: TenantName, contact: Contact) -> User | None:
    """Return the oldest user in whose row the contact stands."""
    carriers = await tx.users.list(await tx.contacts.carried_by(tenant, contact))
    return min(
        (user for user in carriers if user.deleted is None), key=lambda user: (user.created, user.id), default=None
    )


async def bind(tx: Tx, tenant: TenantName, contact: Contact, user: UserId) -> User | None:
    """Give the contact to the user; if another existing user has it, return that one, locked, and change nothing."""
    holder = await tx.contacts.claim(tenant, contact, user)
    if holder == user:
        return None
    other = await _living(tx, holder)
    if other is None:
        await tx.contacts.move(tenant, contact, user)
    return other


async def _living(tx: Tx, user_id: UserId) -> User | None:
    user = await tx.users.lock(user_id)
    return user if user is not None and user.deleted is None else None


def _of_kind(user: User, kind: ContactKind) -> str:
    return user.phone if kind is ContactKind.PHONE else user.email


def _with(user: User, contact: Contact) -> User:
    if contact.kind is ContactKind.PHONE:
        return replace(user, phone=contact.value)
    return replace(user, email=contact.value)
