"""Grabbing a part of an envelope: looked at in the live store, given in SQL, told to the room at its pace.

Orders that come while a batch is being decided are the next batch (``usecases.till``). Who comes after all is gone is
answered from memory.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final, NamedTuple

import msgspec
import structlog

from liveroom import deadlines
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.envelopes import payloads
from liveroom.domain.envelopes.failures import EnvelopeNotOpen, EnvelopeOver, NotEligible
from liveroom.domain.envelopes.grabbing import GrabDecision, GrabOrder, GrabReceipt, NewGrab
from liveroom.domain.envelopes.model import Envelope, EnvelopeAudience, Grab
from liveroom.domain.errors import Failure, NotInRoom, RoomNotFound, Unavailable
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import new_id
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.presence.members import Member
from liveroom.ports import Clock, Live
from liveroom.usecases.envelopes.ending import EnvelopeEndings
from liveroom.usecases.envelopes.giving import GivenBatch, Giving, WaitingGrab
from liveroom.usecases.envelopes.knowing import KnownEnvelope, KnownEnvelopes
from liveroom.usecases.protection.adults import Adults
from liveroom.usecases.rates import check_rate
from liveroom.usecases.till import Till

log = structlog.get_logger("liveroom.envelopes")

PACE: Final = 10
"""Grabs that one user may try in a second."""
_SECOND: Final = timedelta(seconds=1)
_SECONDS: Final = 0.5
"""How long those who have grabbed wait for their room to be told."""
_TOLD: Final = 10
"""Grabs of one event: with their names it stays below what an event may carry."""


class Grabbed(NamedTuple):
    """What came of it."""

    envelope: Envelope
    """As it was known before."""
    grab: Grab
    is_repeated: bool
    """By an earlier call."""


@dataclass
class EnvelopeGrabs:
    """Lets members grab."""

    live: Live
    clock: Clock
    known: KnownEnvelopes
    adults: Adults
    giving: Giving
    endings: EnvelopeEndings

    async def grab(self, actor: Actor, id: str) -> Grabbed:
        """Grab a part of an envelope; once: a second call answers the same.

        Raises ``EnvelopeNotFound``, ``EnvelopeNotOpen``, ``EnvelopeOver``, ``NotEligible``, ``AdultsOnly``,
        ``NotInRoom``, ``RateLimited``, ``AccountFrozen``; ``LiveUnavailable``, ``DatabaseUnavailable``: the same call
        tells whether something was grabbed.
        """
        known = await self.known.get(actor.tenant.name, id)
        if known.grabs is not None:
            grab = known.grabs.get(actor.user)
            if grab is None:
                raise EnvelopeOver
            return Grabbed(known.envelope, grab, True)
        decision = await self._decide(actor, known)
        if isinstance(decision, Failure):
            raise decision
        return Grabbed(known.envelope, decision.grab, decision.is_repeated)

    async def _decide(self, actor: Actor, known: KnownEnvelope) -> GrabDecision:
        try:
            order = await self._order(actor, known)
        except Unavailable:
            raise
        except Failure:
            # What was grabbed stays so, also for whoever has left the room.
            account = accounts_of(actor.tenant.name, actor.user).promo
            if (grab := await self.giving.find(known.envelope, account)) is None:
                raise
            return GrabReceipt(grab, is_repeated=True)
        return await self._till.take(order)

    async def _order(self, actor: Actor, known: KnownEnvelope) -> WaitingGrab:
        """Return the order, with everything that can be looked at before it is decided."""
        envelope, now = known.envelope, self.clock.now()
        if now < envelope.opens:
            raise EnvelopeNotOpen(envelope.opens - now)
        room, member, _ = await asyncio.gather(
            self.live.room(envelope.room),
            self._member(actor, envelope),
            check_rate(self.live, f"grabs:{actor.user}", limit=PACE, window=_SECOND),
        )
        if room is None or room.broadcast != envelope.broadcast:
            raise EnvelopeOver
        if member is None:
            raise NotInRoom
        _check_eligible(known, member)
        await self.adults.check(actor.user)
        order = GrabOrder(envelope, actor.user, member.name, room.owner)
        return WaitingGrab(order, known.sender, room.category)

    async def _member(self, actor: Actor, envelope: Envelope) -> Member | None:
        try:
            return await self.live.member(envelope.room, actor.user)
        except RoomNotFound:
            return None

    @cached_property
    def _till(self) -> Till[WaitingGrab, GrabDecision]:
        return Till(self._settle)

    async def _settle(self, asked: Sequence[WaitingGrab]) -> Sequence[GrabDecision]:
        given = await self.giving.take(asked)
        for envelope in given.final:
            self.known.forget(envelope.id)
        try:
            async with asyncio.timeout(_SECONDS):
                await self._tell(given)
        except (Unavailable, TimeoutError, deadlines.Overdue) as failure:
            # The next grabs say what is left then; the job ends what is over.
            log.warning("envelopes.untold", cause=repr(failure.__cause__ or failure))
        return given.decisions

    async def _tell(self, given: GivenBatch) -> None:
        """Tell rooms what was grabbed of their envelopes, and end those of which nothing is left."""
        by_envelope = defaultdict[str, list[NewGrab]](list)
        for new in given.grabs:
            by_envelope[new.envelope.id].append(new)
        await asyncio.gather(*(self._tell_room(grabs) for grabs in by_envelope.values()))
        taken = [grabs[-1].envelope for grabs in by_envelope.values() if grabs[-1].envelope.left == 0]
        await asyncio.gather(*(self.endings.finish(envelope) for envelope in taken))

    async def _tell_room(self, grabs: Sequence[NewGrab]) -> None:
        envelope = grabs[-1].envelope
        parts = [payloads.part(grab, order.user, order.name) for order, _, grab in grabs]
        for begin in range(0, len(parts), _TOLD):
            some = parts[begin : begin + _TOLD]
            data = payloads.progress(grabs[begin + len(some) - 1].envelope, some)
            written = msgspec.json.encode(data)
            news = Announcement(new_id(self.clock.now()), EventKind.ENVELOPE_GRABBED, written, paced=True)
            try:
                await self.live.channels.announce(envelope.room, envelope.tenant, news)
            except RoomNotFound:
                return


def _check_eligible(known: KnownEnvelope, member: Member) -> None:
    envelope = known.envelope
    if member.user == known.sender:
        raise NotEligible("others than its sender")
    if envelope.audience is EnvelopeAudience.PRESENT and member.joined > envelope.sent:
        raise NotEligible(envelope.audience.value)
