"""Sending a gift: looked at in the live store, paid for in SQL, told to the room, answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, Failure, MemberNotFound, NotInRoom
from liveroom.domain.gifts.catalogue import OfferedGift
from liveroom.domain.gifts.failures import GiftNotOffered
from liveroom.domain.gifts.model import GiftId, GiftReceivers
from liveroom.domain.gifts.sending import RECEIVERS_MAX, GiftOrder, GiftReceipt
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.ledger.journals import digest_of_said
from liveroom.domain.protection.caps import GivingLimits
from liveroom.domain.rooms.model import present_room
from liveroom.ports import Clock, Live, SeatMapView
from liveroom.usecases.gifts.asking import GiftHooks
from liveroom.usecases.gifts.catalogues import GiftCatalogues
from liveroom.usecases.gifts.selling import Seller
from liveroom.usecases.protection.giving import GiftProtection
from liveroom.usecases.rates import check_rate

PACE: Final = 20
"""Gifts that one user may send in a second; taps on a combo are gathered by apps."""
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class WantedGift:
    """What somebody wants to send."""

    room: RoomId
    gift: GiftId
    key: str
    count: int
    receivers: tuple[UserId, ...]
    """None: the room's owner."""
    version: int | None = None
    """Which the sender was shown."""
    combo: str = ""

    def digest(self) -> str:
        """Return a digest of what was said: the same key with something else is another gift."""
        version = 0 if self.version is None else self.version
        return digest_of_said(self.room, self.gift, self.count, " ".join(self.receivers), version, self.combo)


class GiftOutcome(NamedTuple):
    """What came of it."""

    receipt: GiftReceipt
    is_published: bool
    """The room has been told; else it will be within seconds."""


@dataclass(frozen=True, slots=True)
class Gifts:
    """Sends gifts."""

    live: Live
    clock: Clock
    catalogues: GiftCatalogues
    seller: Seller
    hooks: GiftHooks
    protection: GiftProtection

    async def send(self, actor: Actor, wanted: WantedGift) -> GiftOutcome:
        """Send a gift to the room's owner, or to people on stage, once for each key.

        Raises ``BadRequest``, ``RoomNotFound``, ``NotInRoom``, ``MemberNotFound`` for whoever is not on stage,
        ``GiftNotOffered``, ``PriceChanged``, ``RateLimited``, ``KeyReused``, ``BalanceTooLow``, ``AccountFrozen``,
        ``ChargeOpen``, ``ChargeReversed``, ``HookRefused``, ``AdultsOnly``, ``CannotReceive``, ``CapReached``;
        ``LiveUnavailable``, ``ProviderUnavailable``: nothing was paid; ``DatabaseUnavailable``: the same key tells
        whether it was.
        """
        await check_rate(self.live, f"gifts:{actor.user}", limit=PACE, window=_SECOND)
        try:
            order = await self._order(actor, wanted)
            await self.hooks.ask(order)
        except Failure:
            # What was paid stays paid: known keys come before everything else.
            known = await self.seller.find(actor.tenant.name, actor.user, wanted.key, wanted.digest())
            if known is None:
                raise
            decision, is_published = known, True
        else:
            decision, is_published = await self.seller.sell(order)
        if isinstance(decision, Failure):
            raise decision
        return GiftOutcome(decision, is_published)

    async def _order(self, actor: Actor, wanted: WantedGift) -> GiftOrder:
        """Return the order, with everything that can be looked at before it is paid for."""
        now, tenant = self.clock.now(), actor.tenant.name
        offered = self.catalogues.price(tenant, wanted.gift, wanted.version, now)
        view = await self.live.seat_maps.read(wanted.room, [actor.user, *wanted.receivers])
        room = present_room(None if view is None else view.room, tenant)
        if view is None or actor.user not in view.members:
            raise NotInRoom
        if not room.options.gifts:
            raise GiftNotOffered
        receivers = wanted.receivers or (room.owner,)
        _check(view, actor.user, receivers, offered)
        await self.protection.check(actor.user, receivers, owner=room.owner)
        battle = room.options.battle
        names = {user: (member.name, member.avatar) for user, member in view.members.items()}
        return GiftOrder(
            tenant=tenant,
            sender=actor.user,
            receivers=receivers,
            room=room.id,
            broadcast=room.broadcast,
            offered=offered,
            count=wanted.count,
            key=wanted.key,
            digest=wanted.digest(),
            combo=wanted.combo,
            category=room.category,
            names={user: names[user] for user in (actor.user, *receivers) if user in names},
            limits=self._limits(actor),
            at=now,
            battle=battle.id if battle is not None and battle.counts_at(now) else "",
        )

    def _limits(self, actor: Actor) -> GivingLimits:
        return self.protection.rules.limits_of(actor.tenant, self.clock.now())


def _check(view: SeatMapView, sender: UserId, receivers: Sequence[UserId], offered: OfferedGift) -> None:
    """Raise unless all of them may receive this gift: the owner, and if it is for the stage, whoever is on it."""
    if len(receivers) > RECEIVERS_MAX or len(set(receivers)) < len(receivers):
        raise BadRequest(f"receiverIds: 1 to {RECEIVERS_MAX} different users")
    if sender in receivers:
        raise BadRequest("receiverIds: nobody sends gifts to themselves")
    seated = {seat.user for seat in view.seat_map.seated}
    for receiver in receivers:
        if receiver == view.room.owner:
            continue
        member = view.members.get(receiver)
        if member is None or not (receiver in seated or member.role.is_host):
            raise MemberNotFound
        if offered.gift.receivers is GiftReceivers.HOST:
            raise BadRequest("receiverIds: this gift is for the room's owner alone")
