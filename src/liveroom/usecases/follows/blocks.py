"""Blocks between users, which hold everywhere (docs/decisions/0056)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User, present
from liveroom.domain.errors import BadRequest, QuotaExceeded
from liveroom.domain.events.outbox import OutboxRow, RoomAccessChanged, UserProfileChanged
from liveroom.domain.follows.blocks import BLOCKS_MAX, Block
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moments import moment
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.follows.relations import Follows, read_mark
from liveroom.usecases.rates import check_rate

CHANGES: Final = 60
"""How many users somebody may block or unblock in a minute."""
_MINUTE: Final = timedelta(minutes=1)
_ON_THEIR_WAY: Final = timedelta(seconds=1)
"""Whoever was let into the blocker's room within this time after the block had asked before it."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """What users do about those whom they want nothing of."""

    db: Database
    live: Live
    clock: Clock
    follows: Follows
    relay: OutboxRelay
    notifier: UserNotifier

    async def add(self, actor: Actor, target: UserId) -> None:
        """Block somebody: follows between the two end, and they are put out of the actor's live rooms.

        Raises ``BadRequest`` for oneself, ``UserNotFound``, ``QuotaExceeded``, ``RateLimited``.
        """
        _check_other(actor, target)
        present(await self.db.users.get(target), actor.tenant.name)
        if await self.db.blocks.among(actor.user, [target]):
            return
        await self._check_rate(actor)
        rooms, rows = await self.db.transact(lambda tx: self._add(tx, actor, target))
        was_in = [room for room in rooms if await self._is_in(room, target)]
        await self.relay.deliver_later(rows)
        for room in was_in:
            await self.notifier.notify_removed(target, room, "kicked")

    async def remove(self, actor: Actor, target: UserId) -> None:
        """Unblock somebody; they follow nobody again by that. Raises ``BadRequest`` for oneself, ``RateLimited``."""
        _check_other(actor, target)
        if not await self.db.blocks.among(actor.user, [target]):
            return
        await self._check_rate(actor)

        async def work(tx: Tx) -> OutboxRow:
            await tx.follows.lock(actor.user, [target])
            await tx.blocks.remove(actor.user, target)
            return await tx.outbox.add(actor.tenant.name, UserProfileChanged(target), self.clock.now())

        await self.relay.deliver_later([await self.db.transact(work)])

    async def page(self, actor: Actor, *, cursor: str, limit: int) -> tuple[Sequence[tuple[Block, User]], str]:
        """Return whom the actor has blocked, the newest first, and the next page's cursor. Deleted users are left out.

        Raises ``BadRequest`` for a cursor that is none.
        """
        found = await self.db.blocks.page(actor.user, read_mark(cursor), limit + 1)
        page, after = cut(found, limit, lambda one: f"{moment(one.at)}-{one.user}")
        users = {user.id: user for user in await self.db.users.list([one.user for one in page]) if not user.deleted}
        return [(one, users[one.user]) for one in page if one.user in users], after

    async def _add(self, tx: Tx, actor: Actor, target: UserId) -> tuple[Sequence[RoomId], Sequence[OutboxRow]]:
        """Add a block; return the actor's live rooms, and what is to be applied at once.

        Who was about to enter as the block was made is let in a moment later: so the same is left behind for the relay,
        which looks once more.
        """
        found = await tx.follows.lock(actor.user, [target], theirs=True)
        if await tx.blocks.among(actor.user, [target]):
            return (), ()
        if await tx.blocks.count(actor.user) >= BLOCKS_MAX:
            raise QuotaExceeded(f"at most {BLOCKS_MAX} users")
        tenant, now = actor.tenant.name, self.clock.now()
        await tx.blocks.add(actor.user, target, now)
        if found:
            await self.follows.remove_in(tx, tenant, found, found)
        rows = [await tx.outbox.add(tenant, UserProfileChanged(target), now)]
        rooms = await tx.rooms.owned_live(actor.user)
        for room in rooms:
            out = RoomAccessChanged(room, target, actor.user, kicked=now + _ON_THEIR_WAY)
            rows.append(await tx.outbox.add(tenant, out, now))
            await tx.outbox.add(tenant, out, now)
        return rooms, rows

    async def _is_in(self, room: RoomId, user: UserId) -> bool:
        seen = await self.live.look(room, user)
        return seen is not None and await self.live.member(room, user) is not None

    async def _check_rate(self, actor: Actor) -> None:
        await check_rate(self.live, f"block:{actor.user}", limit=CHANGES, window=_MINUTE)


def _check_other(actor: Actor, target: UserId) -> None:
    if target == actor.user:
        raise BadRequest("targetId: nobody blocks themselves")
