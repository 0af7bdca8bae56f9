"""Which gifts were sent: in the running broadcast of a room, and to somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User, present
from liveroom.domain.errors import RoomNotFound
from liveroom.domain.gifts.sending import ReceivedSums, SentGift
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Database
from liveroom.usecases.rooms.ranks import Ranks


class ListedGift(NamedTuple):
    """A gift that was sent, and between whom."""

    gift: SentGift
    sender: UserId
    receiver: UserId
    names: tuple[str, str]
    """Of sender and receiver, as they are now; "" of who is gone."""


@dataclass(frozen=True, slots=True)
class SentGifts:
    """Lists gifts, the newest first, with the next page's cursor."""

    db: Database
    ranks: Ranks

    async def in_room(self, actor: Actor, room: RoomId, *, cursor: str, limit: int) -> tuple[Sequence[ListedGift], str]:
        """List what was sent in the running broadcast, for members, owner and admins.

        Raises ``RoomNotFound``, ``NotInRoom``.
        """
        broadcast = (await self.ranks.check_reader(actor, room)).room.broadcast
        return await self._page(await self.db.sent_gifts.of_broadcast(broadcast, cursor, limit + 1), limit)

    async def received(
        self, tenant: TenantName, user: UserId, *, cursor: str, limit: int
    ) -> tuple[Sequence[ListedGift], str]:
        """List what somebody was sent, in all rooms."""
        name = accounts_of(tenant, user).points
        found = await self.db.ledger_accounts.find([name])
        if name not in found:
            return [], ""
        return await self._page(await self.db.sent_gifts.of_receiver(found[name].id, cursor, limit + 1), limit)

    async def received_in_room(self, tenant: TenantName, room: RoomId, user: UserId) -> ReceivedSums:
        """Return what somebody was sent in the room's last broadcast. Raises ``RoomNotFound``, ``UserNotFound``."""
        present(await self.db.users.get(user), tenant)
        broadcast = next(iter(await self.db.broadcasts.of_room(room, "", 1)), None)
        if broadcast is None or broadcast.tenant != tenant:
            raise RoomNotFound
        name = accounts_of(tenant, user).points
        found = await self.db.ledger_accounts.find([name])
        return await self.db.sent_gifts.received_in(broadcast.id, found[name].id) if found else ReceivedSums()

    async def _page(self, found: Sequence[SentGift], limit: int) -> tuple[Sequence[ListedGift], str]:
        page, cursor = cut(found, limit, lambda gift: gift.id)
        accounts = {account for gift in page for account in (gift.sender, gift.receiver)}
        owners = {id: UserId(name.owner) for id, name in (await self.db.ledger_accounts.names(accounts)).items()}
        users = {user.id: user for user in await self.db.users.list(sorted(set(owners.values())))}

        def named(user: UserId) -> str:
            known: User | None = users.get(user)
            return "" if known is None else known.name

        return [
            ListedGift(gift, sender, receiver, (named(sender), named(receiver)))
            for gift in page
            for sender, receiver in [(owners[gift.sender], owners[gift.receiver])]
        ], cursor
