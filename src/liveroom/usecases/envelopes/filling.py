"""Filling an envelope: coins leave a wallet, or the operator's grants, and wait in an account of the envelope's own.

One transaction: the room's row and the source are locked, then the key is looked for. The room has the envelope in its
row with the same commit, so that every process shows it, and a lost live store is filled with it.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

import msgspec

from liveroom import faults
from liveroom.domain.accounts.users import User
from liveroom.domain.envelopes.draw import SEED_BYTES
from liveroom.domain.envelopes.failures import TooManyEnvelopes
from liveroom.domain.envelopes.model import (
    RUNNING_MAX,
    Envelope,
    EnvelopeState,
    EnvelopeTerms,
    ShownEnvelope,
    shown,
    times,
)
from liveroom.domain.envelopes.payloads import sent
from liveroom.domain.errors import Failure
from liveroom.domain.events import envelopes as envelope_events
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.outbox import OutboxRow, RoomTold
from liveroom.domain.gifts.failures import GiftNotOffered
from liveroom.domain.gifts.sending import attempt_of
from liveroom.domain.ids import RoomId, TenantName, UserId, derived_id, new_id
from liveroom.domain.ledger.accounts import Account, AccountId, AccountName
from liveroom.domain.ledger.approvals import Approval
from liveroom.domain.ledger.failures import BalanceTooLow, KeyReused
from liveroom.domain.ledger.journals import LedgerCommand, Move, MoveKind, Posting, digest_of_said
from liveroom.domain.payloads import Payload
from liveroom.domain.rooms.model import Room, running_room
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.ledger.posting import Ledger, LockedAccounts


class WantedEnvelope(NamedTuple):
    """What somebody wants to send."""

    tenant: TenantName
    room: RoomId
    terms: EnvelopeTerms
    key: str
    source: AccountName
    """The wallet that pays, or the operator's grants."""
    by: str
    """The operator, as the audit calls them; of a user's envelope the service."""
    sender: UserId = UserId("")
    """"": the operator."""

    @property
    def digest(self) -> str:
        """Return a digest of what was said: the same key with something else is another envelope."""
        return digest_of_said(self.room, *self.terms.said)


class FilledEnvelope(NamedTuple):
    """What came of it."""

    envelope: Envelope
    balance: int
    """What the wallet has then; of the operator's envelopes 0."""
    is_repeated: bool = False
    """By an earlier call with this key."""


Approve = Callable[[Tx, str], Awaitable[Approval | None]]
"""Says whether it waits for an approval; given the digest of what was said."""
_Outcome = FilledEnvelope | Approval | Failure


@dataclass(frozen=True, slots=True)
class EnvelopeFilling:
    """Fills envelopes."""

    db: Database
    clock: Clock
    ledger: Ledger
    recorder: EventRecorder
    relay: OutboxRelay

    async def fill(self, wanted: WantedEnvelope, approve: Approve | None = None) -> FilledEnvelope | Approval:
        """Pay for an envelope and put it into its room, once for each key.

        Raises ``RoomNotFound``, ``GiftNotOffered``, ``TooManyEnvelopes``, ``KeyReused``, ``BalanceTooLow`` (final for
        the key), ``AccountFrozen``.
        """

        async def work(tx: Tx) -> tuple[_Outcome, OutboxRow | None]:
            room = await tx.rooms.lock(wanted.room)
            accounts, source = await self._lock(tx, wanted)
            attempt = attempt_of(source, wanted.key)
            if (known := await tx.envelopes.of_attempt(attempt)) is not None:
                return _repeated(known, wanted.digest, accounts.locked.get(source)), None
            live = _check_room(room, wanted.tenant)
            if approve is not None and (waiting := await approve(tx, wanted.digest)) is not None:
                return waiting, None
            envelope = self._envelope(wanted, live, source, attempt)
            wallet = accounts.locked.get(source)
            if wallet is not None and not wallet.frozen and wallet.balance < envelope.coins:
                await tx.envelopes.add(replace(envelope, state=EnvelopeState.UNPAID))
                return BalanceTooLow(f"{max(wallet.balance, 0)}"), None
            await self._pay(tx, wanted, envelope, accounts)
            await tx.envelopes.add(envelope)
            balance = 0 if wallet is None else wallet.balance - envelope.coins
            return FilledEnvelope(envelope, balance), await self._put(tx, wanted, envelope, live)

        outcome, row = await self.db.transact(work)
        if row is not None:
            faults.point("envelope.sent")
            await self.relay.deliver_later([row])
        if isinstance(outcome, Failure):
            raise outcome
        return outcome

    async def find(self, wanted: WantedEnvelope) -> FilledEnvelope | None:
        """Return what an earlier call with the key has sent, if one has. Raises ``KeyReused``, ``BalanceTooLow``."""
        source = (await self.db.ledger_accounts.find([wanted.source])).get(wanted.source)
        known = None if source is None else await self.db.envelopes.of_attempt(attempt_of(source.id, wanted.key))
        if known is None:
            return None
        outcome = _repeated(known, wanted.digest, source)
        if isinstance(outcome, Failure):
            raise outcome
        return outcome

    async def _lock(self, tx: Tx, wanted: WantedEnvelope) -> tuple[LockedAccounts, AccountId]:
        """Lock the source: a wallet for what is written to it, the grants so that keys come one after the other."""
        accounts = await self.ledger.lock(tx, [wanted.source])
        source = accounts.ids[wanted.source]
        if not wanted.source.is_owned:
            await tx.ledger_accounts.lock([source])
        return accounts, source

    def _envelope(self, wanted: WantedEnvelope, room: Room, source: AccountId, attempt: str) -> Envelope:
        now, terms = self.clock.now(), wanted.terms
        at, opens, ends = times(now, terms)
        return Envelope(
            id=new_id(now),
            tenant=wanted.tenant,
            room=room.id,
            broadcast=room.broadcast,
            source=source,
            attempt=attempt,
            digest=wanted.digest,
            coins=terms.coins,
            parts=terms.parts,
            split=terms.split,
            audience=terms.audience,
            seed=secrets.token_bytes(SEED_BYTES),
            sent=at,
            opens=opens,
            ends=ends,
            state=EnvelopeState.WAITING if terms.delay else EnvelopeState.OPEN,
        )

    async def _pay(self, tx: Tx, wanted: WantedEnvelope, envelope: Envelope, accounts: LockedAccounts) -> None:
        own = await self.ledger.lock(tx, [envelope.account])
        both = LockedAccounts({**accounts.ids, **own.ids}, {**accounts.locked, **own.locked})
        moves = [Move(wanted.source, -envelope.coins, envelope.id), Move(envelope.account, envelope.coins)]
        command = LedgerCommand(wanted.tenant, MoveKind.ENVELOPE, envelope.id, envelope.digest, wanted.by)
        await self.ledger.write(tx, both, Posting(command, moves))

    async def _put(self, tx: Tx, wanted: WantedEnvelope, envelope: Envelope, room: Room) -> OutboxRow:
        """Put a paid envelope into its room's row; return what tells the room."""
        user = await tx.users.get(wanted.sender) if wanted.sender else None
        news = _shown(envelope, user)
        event = envelope_events.sent(envelope, wanted.sender, room.category)
        await self.recorder.record_for_room(tx, room, event)
        envelopes = (*room.options.envelopes, news)
        await put_envelopes(tx, room, envelopes)
        data = sent(news, self.clock.now())
        return await tell(tx, envelope, EventKind.ENVELOPE_SENT, data, envelope.sent, by=wanted.sender or None)


async def put_envelopes(tx: Tx, room: Room, envelopes: tuple[ShownEnvelope, ...]) -> None:
    """Write which envelopes a locked room has."""
    await tx.rooms.put(replace(room, options=replace(room.options, envelopes=envelopes), rev=room.rev + 1))


async def tell(
    tx: Tx, envelope: Envelope, kind: EventKind, data: Payload, at: datetime, *, by: UserId | None = None
) -> OutboxRow:
    """Add the outbox row that brings a room up to its row, and tells it of an envelope."""
    id, written = derived_id(envelope.sent, f"{envelope.id} {kind.value}"), msgspec.json.encode(data).decode()
    message = RoomTold(envelope.room, broadcast=envelope.broadcast, event=kind.value, event_id=id, data=written, by=by)
    return await tx.outbox.add(envelope.tenant, message, at)


def _check_room(room: Room | None, tenant: TenantName) -> Room:
    room = running_room(room, tenant)
    if not room.options.gifts:
        raise GiftNotOffered
    if len(room.options.envelopes) >= RUNNING_MAX:
        raise TooManyEnvelopes
    return room


def _repeated(known: Envelope, digest: str, wallet: Account | None) -> FilledEnvelope | Failure:
    if known.digest != digest:
        return KeyReused()
    if known.state is EnvelopeState.UNPAID:
        return BalanceTooLow(f"{max(wallet.balance, 0) if wallet else 0}")
    return FilledEnvelope(known, wallet.balance if wallet else 0, is_repeated=True)


def _shown(envelope: Envelope, user: User | None) -> ShownEnvelope:
    return shown(envelope, *((user.id, user.name, user.avatar) if user is not None else (UserId(""), "", "")))


def names_of(users: Mapping[UserId, User], user: UserId) -> tuple[str, str]:
    """Return somebody's name and picture; "" of who is gone."""
    found = users.get(user)
    return ("", "") if found is None else (found.name, found.avatar)
