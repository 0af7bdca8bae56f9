"""Sending an envelope: by somebody in the room, from the coins that they have bought; or by the operator."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.envelopes.model import EnvelopeTerms
from liveroom.domain.errors import Failure, NotInRoom, PermissionDenied
from liveroom.domain.ids import RoomId
from liveroom.domain.ledger.accounts import AccountKind, AccountName, Currency
from liveroom.domain.ledger.approvals import Approval, AskedMove
from liveroom.domain.ledger.failures import ApprovalRequired
from liveroom.domain.ledger.journals import LedgerCommand, MoveKind
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import present_room
from liveroom.ports import Live, Tx
from liveroom.usecases.envelopes.filling import EnvelopeFilling, FilledEnvelope, WantedEnvelope
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.protection.adults import Adults
from liveroom.usecases.rates import check_rate

CALLS: Final = 20
"""Calls of one user in a minute."""
_MINUTE: Final = timedelta(minutes=1)
_BY: Final = "envelopes"
"""Who moves what a user sends: accounts alone name users, as long as there are."""


class EnvelopeSenders(StrEnum):
    """Who may send envelopes, beside the operator."""

    OFF = "off"
    """There are none."""

    HOSTS = "hosts"
    """The room's owner and its anchors."""
    EVERYONE = "everyone"
    """All members of the room."""


class EnvelopeRules(NamedTuple):
    """What the operator has decided."""

    senders: EnvelopeSenders
    most: int
    """Coins of one envelope of a user; 0: any number."""


@dataclass(frozen=True, slots=True)
class Envelopes:
    """Sends envelopes."""

    live: Live
    filling: EnvelopeFilling
    adults: Adults
    rules: EnvelopeRules

    async def send(self, actor: Actor, room: RoomId, terms: EnvelopeTerms, key: str) -> FilledEnvelope:
        """Put coins that the actor has bought into a room, once for each key.

        Raises ``BadRequest``, ``RoomNotFound``, ``NotInRoom``, ``PermissionDenied`` where only hosts send,
        ``AdultsOnly``, ``GiftNotOffered``, ``TooManyEnvelopes``, ``RateLimited``, ``KeyReused``, ``BalanceTooLow``,
        ``AccountFrozen``;
        ``LiveUnavailable``: nothing was paid; ``DatabaseUnavailable``: the same key tells whether it was.
        """
        await check_rate(self.live, f"envelopes:{actor.user}", limit=CALLS, window=_MINUTE)
        tenant = actor.tenant.name
        source = accounts_of(tenant, actor.user).coins
        wanted = WantedEnvelope(tenant, room, terms.read(self.rules.most), key, source, by=_BY, sender=actor.user)
        try:
            await self._check(actor, room)
        except Failure:
            # What was paid stays paid: known keys come before everything else.
            if (known := await self.filling.find(wanted)) is None:
                raise
            return known
        return _filled(await self.filling.fill(wanted))

    async def _check(self, actor: Actor, room: RoomId) -> None:
        await self.adults.check(actor.user)
        live = present_room(await self.live.room(room), actor.tenant.name)
        member = await self.live.member(room, actor.user)
        if member is None:
            raise NotInRoom
        is_host = member.role.is_host or live.owner == actor.user
        if self.rules.senders is EnvelopeSenders.HOSTS and not is_host:
            raise PermissionDenied


@dataclass(frozen=True, slots=True)
class AdminEnvelopes:
    """Sends envelopes of the operator's. Above the operator's limit it raises ``ApprovalRequired``."""

    filling: EnvelopeFilling
    approvals: Approvals

    async def send(
        self, operator: Operator, room: RoomId, terms: EnvelopeTerms, key: str, words: str
    ) -> FilledEnvelope:
        """Put coins of the operator's into a room, once for each key.

        Raises what ``Envelopes.send`` raises of the room and the key; ``ApprovalRequired``, ``ApprovalRefused``.
        """
        tenant = operator.tenant.name
        source = AccountName(tenant, AccountKind.GRANTS)
        wanted = WantedEnvelope(tenant, room, terms.read(0), key, source, by=operator.actor)
        said = AskedMove(currency=Currency.COIN.value, amount=terms.coins, expires="", credit_id="")

        async def approve(tx: Tx, digest: str) -> Approval | None:
            command = LedgerCommand(tenant, MoveKind.ENVELOPE, key, digest, operator.actor)
            return await self.approvals.take(tx, command, terms.coins, target=room, words=words, said=said)

        return _filled(await self.filling.fill(wanted, approve))


def _filled(outcome: FilledEnvelope | Approval) -> FilledEnvelope:
    if isinstance(outcome, Approval):
        raise ApprovalRequired(outcome.id)
    return outcome
