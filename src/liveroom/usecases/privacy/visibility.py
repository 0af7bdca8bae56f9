"""Concealed rooms: who sees them, and what others are answered (rules: ``domain.privacy.visibility``).

A concealed room and one that never existed get the same answer, after the same work, and count the same for limits:
whoever tries many ids only learns that they ask too often.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.addresses import network_of
from liveroom.domain.errors import (
    Failure,
    NotInRoom,
    RoomConcealed,
    RoomForbidden,
    RoomNotFound,
    Unavailable,
)
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.presence.signs import Presence
from liveroom.domain.privacy.visibility import Onlooker, check_known, check_visible, onlooker_of
from liveroom.domain.rooms.model import LiveRoom, Room, RoomStatus
from liveroom.ports import Clock, Database, Live, Looked
from liveroom.usecases.rates import limited
from liveroom.usecases.rooms.ranks import is_admin

WINDOW: Final = timedelta(minutes=1)
UNKNOWN_OF_USER: Final = 30
"""How many ids of rooms that never existed one user may ask for within ``WINDOW``."""
UNKNOWN_OF_ADDRESS: Final = 3000
"""The same for an address: carriers put thousands of people behind one."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """Shows rooms to those who may see them."""

    db: Database
    live: Live
    clock: Clock

    async def room(self, actor: Actor, room_id: RoomId, link: str = "") -> LiveRoom | Room:
        """Return a live room, a scheduled one, or one that the caller has reserved. Raises ``RoomNotFound``."""
        seen = await self.live.look(room_id, actor.user)
        if seen is not None and seen.onlooker is None and seen.room.tenant == actor.tenant.name:
            return seen.room
        return await self._room(actor.tenant.name, actor.user, room_id, link, seen)

    async def conceals(self, tenant: TenantName, user: UserId, room_id: RoomId, link: str = "") -> bool:
        """Say whether there is a room that does not exist for the user."""
        return await self.concealment(tenant, user, room_id, link) is not None

    async def concealment(
        self, tenant: TenantName, user: UserId, room_id: RoomId, link: str = ""
    ) -> RoomConcealed | None:
        """Return how a room that does not exist for the user is answered; None: it does, or there is none."""
        try:
            await self._room(tenant, user, room_id, link, await self.live.look(room_id, user))
        except RoomConcealed as failure:
            return failure
        except RoomNotFound:
            return None
        return None

    async def visible(self, actor: Actor, found: Sequence[Presence]) -> Sequence[Presence]:
        """Return where users are, without rooms whose members the actor may not see."""
        rooms = {one.room for one in found if one.room is not None and one.user != actor.user}
        looks = await asyncio.gather(*(self._shows_members(actor, room) for room in rooms))
        hidden = {room for room, shows in zip(rooms, looks, strict=True) if not shows}
        if not hidden or await is_admin(self.db, actor.user):
            return found
        return [
            replace(one, room=None, role=None) if one.room in hidden and one.user != actor.user else one
            for one in found
        ]

    async def refusal(self, actor: Actor, room_id: RoomId, failure: Failure) -> Failure:
        """Return what to answer when a call about a room failed: of a concealed room only that it does not exist."""
        missing = failure if isinstance(failure, RoomNotFound) else None
        if missing is None:
            missing = await self.concealment(actor.tenant.name, actor.user, room_id)
        return failure if missing is None else await self.missed(actor, room_id, missing)

    async def missed(self, actor: Actor, room_id: RoomId, failure: RoomNotFound) -> Failure:
        """Return the refusal for an actor who asks for a room that does not exist for them.

        Calls for a room that is over do not count: its clients have not heard of the end. Nor do calls of banned users,
        or of an operator's server.
        """
        if isinstance(failure, RoomForbidden) or not actor.address or await self._is_over(actor, room_id, failure):
            return failure
        for who, limit in ((actor.user, UNKNOWN_OF_USER), (network_of(actor.address), UNKNOWN_OF_ADDRESS)):
            key = f"unknown rooms:{who}"
            if not await self.live.hit(key, limit=limit, window=WINDOW):
                return await limited(self.live, key, WINDOW)
        return failure

    async def _is_over(self, actor: Actor, room_id: RoomId, failure: RoomNotFound) -> bool:
        """Say whether there was such a room; without a database there may have been.

        A room that is concealed has been looked up for an admin before, so one that is not is now.
        """
        try:
            known = await self.db.rooms.get(room_id)
            if isinstance(failure, RoomConcealed):
                return False
            await is_admin(self.db, actor.user)
        except Unavailable:
            return True
        return known is not None and known.tenant == actor.tenant.name

    async def _shows_members(self, actor: Actor, room_id: RoomId) -> bool:
        seen = await self.live.look(room_id, actor.user)
        if seen is None or seen.onlooker is None:
            return True
        try:
            check_visible(seen.room.options, seen.onlooker)
        except (RoomConcealed, NotInRoom):
            return False
        return True

    async def _room(
        self, tenant: TenantName, user: UserId, room_id: RoomId, link: str, seen: Looked | None
    ) -> LiveRoom | Room:
        found: LiveRoom | Room
        if seen is not None and seen.room.tenant == tenant:
            found, onlooker = seen
        else:
            found = reserved = await self._reserved(tenant, user, room_id)
            onlooker = await self._onlooker(reserved, user)
        try:
            if onlooker is not None:
                check_known(found.options, onlooker, link)
        except RoomConcealed:
            if not await is_admin(self.db, user):
                raise
        return found

    async def _reserved(self, tenant: TenantName, user: UserId, room_id: RoomId) -> Room:
        """Return a room that the user has reserved, or a scheduled one. Raises ``RoomNotFound``."""
        room = await self.db.rooms.get(room_id)
        if room is None or room.state is not RoomStatus.RESERVED or room.tenant != tenant:
            raise RoomNotFound
        if room.holder != user and room.options.starts is None:
            raise RoomNotFound
        return room

    async def _onlooker(self, room: Room, user: UserId) -> Onlooker:
        """Return what a user is to a room in which nobody is."""
        known = await self.db.room_access.get(room.id, user) if room.options.guarded else None
        return onlooker_of(known, self.clock.now(), holder=user == room.holder)
