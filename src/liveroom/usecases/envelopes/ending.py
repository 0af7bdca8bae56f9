"""Opening and ending envelopes: all ends in one place, once, by any process.

Whoever grabs the last part ends it, and so does the operator. What is left, because nobody was there or a process has
died, the job finds: it looks each second for envelopes whose time is over or whose broadcast is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom import faults
from liveroom.domain.envelopes import payloads
from liveroom.domain.envelopes.failures import EnvelopeNotFound, EnvelopeOver
from liveroom.domain.envelopes.model import (
    RUNNING,
    Envelope,
    EnvelopeEnd,
    EnvelopeState,
    end_of,
    luckiest,
    without,
)
from liveroom.domain.events import envelopes as envelope_events
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.outbox import OutboxRow
from liveroom.domain.events.records import of_room
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.differences import LedgerCheck, LedgerDifference
from liveroom.domain.ledger.journals import LedgerCommand, Move, MoveKind, Posting, digest_of_said
from liveroom.domain.moments import at, moment
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.envelopes.filling import names_of, put_envelopes, tell
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.ledger.posting import Ledger

_AT_ONCE: Final = 200
_BY: Final = "service"
_LATE: Final = timedelta(minutes=1)
_LOOKED_BACK: Final = timedelta(minutes=10)
_SHOWN: Final = 100


class FinishedEnvelope(NamedTuple):
    """An envelope that a call has ended."""

    envelope: Envelope
    row: OutboxRow | None
    """What tells its room; None: the broadcast is over."""


@dataclass(frozen=True, slots=True)
class EnvelopeEndings:
    """Opens and ends envelopes. Any process may, at once with others: each looks again under the locks."""

    db: Database
    clock: Clock
    ledger: Ledger
    recorder: EventRecorder
    relay: OutboxRelay

    async def run(self) -> int:
        """Do what is due, some at a time; return of how many envelopes."""
        due = await self.db.envelopes.due(self.clock.now(), _AT_ONCE)
        return sum([await self._next(envelope) for envelope in due])

    async def finish(self, envelope: Envelope) -> bool:
        """End an envelope that is over, unless another call has; say whether this one has."""
        return await self._end(envelope, None) is not None

    async def cancel(self, tenant: TenantName, id: str) -> Envelope:
        """End an envelope for the operator: what was grabbed stays so.

        Raises ``EnvelopeNotFound``, ``EnvelopeOver``.
        """
        envelope = await self.db.envelopes.get(id)
        if envelope is None or envelope.tenant != tenant or envelope.state is EnvelopeState.UNPAID:
            raise EnvelopeNotFound
        ended = await self._end(envelope, EnvelopeEnd.CANCELLED)
        if ended is None:
            raise EnvelopeOver
        return ended

    async def _next(self, envelope: Envelope) -> bool:
        if envelope.state is EnvelopeState.WAITING and not envelope.is_over(self.clock.now()):
            return await self._open(envelope)
        return await self.finish(envelope)

    async def _open(self, known: Envelope) -> bool:
        async def work(tx: Tx) -> OutboxRow | None:
            room, envelope = await _lock(tx, known)
            now = self._now()
            if envelope is None or envelope.state is not EnvelopeState.WAITING or envelope.opens > now:
                return None
            await tx.envelopes.put([replace(envelope, state=EnvelopeState.OPEN)])
            if room is None:
                return None
            event = envelope_events.opened(envelope, await _sender(tx, envelope), room.category)
            await self.recorder.record_for_room(tx, room, event)
            return await tell(tx, envelope, EventKind.ENVELOPE_OPENED, payloads.opened(envelope, now), now)

        row = await self.db.transact(work)
        if row is not None:
            await self.relay.deliver_later([row])
        return row is not None

    async def _end(self, known: Envelope, asked: EnvelopeEnd | None) -> Envelope | None:
        async def work(tx: Tx) -> FinishedEnvelope | None:
            room, envelope = await _lock(tx, known)
            now = self._now()
            if envelope is None or envelope.state not in RUNNING:
                return None
            why = end_of(envelope, now, is_live=room is not None) or asked
            if why is None or not await self._return(tx, envelope):
                return None
            over = replace(envelope, state=EnvelopeState.OVER, ended=now, end=why)
            await tx.envelopes.put([over])
            return FinishedEnvelope(over, await self._tell(tx, over, room, now))

        ended = await self.db.transact(work)
        if ended is None:
            return None
        faults.point("envelope.ended")
        if ended.row is not None:
            await self.relay.deliver_later([ended.row])
        return ended.envelope

    async def _return(self, tx: Tx, envelope: Envelope) -> bool:
        """Move what is left back to where it came from; return False where the audit has frozen it.

        A wallet gets it even if it is frozen, and the wallet of a deleted user too, which closes with it later.
        """
        source = (await tx.ledger_accounts.names([envelope.source]))[envelope.source]
        accounts = await self.ledger.lock(tx, [envelope.account, source])
        if accounts[envelope.account].frozen:
            return False
        if envelope.rest:
            command = LedgerCommand(envelope.tenant, MoveKind.ENVELOPE_REST, envelope.id, digest_of_said(), _BY)
            moves = [Move(envelope.account, -envelope.rest), Move(source, envelope.rest, envelope.id)]
            await self.ledger.write(tx, accounts, Posting(command, moves, settles=True))
        return True

    async def _tell(self, tx: Tx, over: Envelope, room: Room | None, now: datetime) -> OutboxRow | None:
        sender, category = await _sender(tx, over), "" if room is None else room.category
        event = envelope_events.ended(over, sender, category, now)
        await self.recorder.record(tx, over.tenant, of_room(over.room), [event])
        if room is None:
            return None
        await put_envelopes(tx, room, without(room.options.envelopes, over.id))
        ended = payloads.ended(over, await _luckiest(tx, over))
        return await tell(tx, over, EventKind.ENVELOPE_ENDED, ended, now)

    def _now(self) -> datetime:
        return at(moment(self.clock.now()))


async def late_envelopes(tx: Tx, now: datetime) -> Sequence[LedgerDifference]:
    """Return envelopes that should have ended, and those that are over and not empty."""
    amiss = await tx.envelopes.amiss(now - _LATE, now - _LOOKED_BACK, _SHOWN)
    return [LedgerDifference(LedgerCheck.ENVELOPE, one.tenant, one.id, 0, one.coins) for one in amiss]


async def _lock(tx: Tx, known: Envelope) -> tuple[Room | None, Envelope | None]:
    """Lock the room's row, then the envelope's. Without the room: the broadcast is over."""
    room = await tx.rooms.lock(known.room)
    is_live = room is not None and room.state is RoomStatus.LIVE and room.broadcast == known.broadcast
    return room if is_live else None, (await tx.envelopes.lock([known.id])).get(known.id)


async def _sender(tx: Tx, envelope: Envelope) -> UserId:
    return UserId((await tx.ledger_accounts.names([envelope.source]))[envelope.source].owner)


async def _luckiest(tx: Tx, envelope: Envelope) -> payloads.GrabbedPart | None:
    best = luckiest(await tx.envelopes.grabs(envelope.id))
    if best is None:
        return None
    user = UserId((await tx.ledger_accounts.names([best.account]))[best.account].owner)
    found = {one.id: one for one in await tx.users.list([user])}
    return payloads.part(best, user, names_of(found, user)[0])
