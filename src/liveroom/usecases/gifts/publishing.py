"""Publishing gifts: what is committed is told to its room, at once by the process that sold it, else by the relay.

The live store marks each batch that it has told, so that neither a lost answer nor a process that died in between tells
a gift twice. Once a batch's row is gone from the outbox nobody tells it again, and the mark goes with the next batch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import msgspec

from liveroom.domain.events.outbox import GiftsSent, OutboxMessage, OutboxRow
from liveroom.domain.gifts.events import GiftBatch, GiftEvent
from liveroom.domain.gifts.paying import PaidGift
from liveroom.domain.gifts.payloads import GiftSent, write_gift
from liveroom.domain.gifts.sending import SentGift
from liveroom.domain.ids import RoomId, UserId
from liveroom.ports import Clock, Database, Live

LATE: Final = timedelta(seconds=30)
"""After so long a gift is told as late: apps show no animation for it."""
_FORGETS: Final = 200
"""Marks that one batch lets go at most."""
_KEPT: Final = 10_000
_UNSET: Final = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class GiftPublisher:
    """Tells rooms of gifts. Raises ``LiveUnavailable``."""

    db: Database
    live: Live
    clock: Clock
    _told: dict[RoomId, list[str]] = field(default_factory=dict)
    """Batches whose marks the rooms need no more."""

    async def publish(self, row: OutboxRow, sent: Sequence[PaidGift]) -> None:
        """Tell a room of gifts that this process has just committed."""
        await self._tell(row, [_event(paid) for paid in sent])

    async def apply(self, row: OutboxRow) -> None:
        """Do the same with gifts that another process, or an earlier life of this one, has committed."""
        message = _of_gifts(row)
        gifts = await self.db.sent_gifts.some(message.gifts)
        accounts = {account for gift in gifts for account in (gift.sender, gift.receiver)}
        owners = {id: UserId(name.owner) for id, name in (await self.db.ledger_accounts.names(accounts)).items()}
        users = {user.id: (user.name, user.avatar) for user in await self.db.users.list(sorted(set(owners.values())))}
        is_late = self.clock.now() - row.created > LATE
        events = [_stored(gift, owners[gift.sender], owners[gift.receiver], users, is_late=is_late) for gift in gifts]
        big = set(message.big)
        await self._tell(row, [replace(one, urgent=gift.id in big) for one, gift in zip(events, gifts, strict=True)])

    def done(self, messages: Iterable[OutboxMessage]) -> None:
        """Note that rows are gone from the outbox."""
        for message in messages:
            if isinstance(message, GiftsSent):
                self._told.setdefault(message.room, []).append(message.batch)
        while len(self._told) > _KEPT:
            del self._told[next(iter(self._told))]

    async def _tell(self, row: OutboxRow, events: Sequence[GiftEvent]) -> None:
        message = _of_gifts(row)
        forget = tuple(self._told.pop(message.room, ())[-_FORGETS:])
        batch = GiftBatch(message.batch, row.tenant, message.room, message.broadcast, tuple(events), forget)
        try:
            await self.live.gifts.tell(batch)
        except BaseException:
            self._told[message.room] = [*forget, *self._told.get(message.room, ())]
            raise


def _of_gifts(row: OutboxRow) -> GiftsSent:
    if not isinstance(row.message, GiftsSent):
        raise TypeError(f"{type(row.message).__name__} is not about gifts")
    return row.message


def _event(paid: PaidGift) -> GiftEvent:
    order, place, gift = paid
    sender, receiver = order.sender, order.receivers[place]
    names = {user: order.names.get(user, ("", "")) for user in (sender, receiver)}
    data = GiftSent(
        sent_id=gift.id,
        gift_id=gift.gift,
        version=gift.version,
        count=gift.count,
        coins=gift.coins,
        sender_id=sender,
        sender_name=names[sender][0],
        sender_avatar=names[sender][1],
        receiver_id=receiver,
        receiver_name=names[receiver][0],
        name=order.offered.gift.texts.name or _UNSET,
        combo_id=order.combo or _UNSET,
        combo_total=gift.combo_total if order.combo else _UNSET,
    )
    return GiftEvent(sender, receiver, gift.coins, gift.count, write_gift(data), urgent=order.offered.version.is_big)


def _stored(
    gift: SentGift, sender: UserId, receiver: UserId, users: Mapping[UserId, tuple[str, str]], *, is_late: bool
) -> GiftEvent:
    nobody = ("", "")
    data = GiftSent(
        sent_id=gift.id,
        gift_id=gift.gift,
        version=gift.version,
        count=gift.count,
        coins=gift.coins,
        sender_id=sender,
        sender_name=users.get(sender, nobody)[0],
        sender_avatar=users.get(sender, nobody)[1],
        receiver_id=receiver,
        receiver_name=users.get(receiver, nobody)[0],
        late=True if is_late else _UNSET,
    )
    return GiftEvent(sender, receiver, gift.coins, gift.count, write_gift(data))
