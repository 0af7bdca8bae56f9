"""Searching rooms, and members of a room.

What rooms are found by is in SQL and follows them within a second: the relay brings it up to date when it has applied
what changed. Nothing is shown by it alone: it names rooms, and the tenant's list says which of them everybody may see.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.events.outbox import OutboxMessage, RoomChanged, UserProfileChanged
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.paging import RoomOrder, RoomPage, RoomQuery
from liveroom.domain.rooms.search import LOOKED_AT, RoomTerm, SearchedRoom, by_rooms, contains, words_of
from liveroom.ports import Clock, Database, Live
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.listings import Listings

SEARCHES: Final = 30
"""Searches of one user within ``WINDOW``."""
WINDOW: Final = timedelta(seconds=10)
Id = TypeVar("Id", bound=str)
MEMBERS_LOOKED_AT: Final = 1000
"""Members that one call looks at."""
_PART: Final = 250
_TERMS: Final = 2 * LOOKED_AT
"""Terms that a word is looked up by: a room may have several that begin with it."""
_ROUNDS: Final = 3
_NOTHING: Final = RoomPage(b"", "")


@dataclass(frozen=True, slots=True)
class RoomIndex:
    """Keeps what rooms are found by."""

    db: Database

    async def follow(self, messages: Collection[OutboxMessage]) -> None:
        """Bring the index up to what these messages are about."""
        changed = {message.room for message in messages if isinstance(message, RoomChanged)}
        renamed = {message.user for message in messages if isinstance(message, UserProfileChanged)}
        rooms = changed | set(await self.db.room_terms.hosted(renamed))
        for _ in range(_ROUNDS):
            if not rooms:
                return
            rooms = await self._bring_up(rooms)

    async def _bring_up(self, rooms: Collection[RoomId]) -> set[RoomId]:
        """Write the terms of rooms; return those that changed meanwhile, which another process may have written too."""
        terms, found = self.db.room_terms, await self._searched(rooms)
        known = by_rooms(await terms.of(rooms))
        for room in rooms:
            wanted = _terms_of(found[room]) if room in found else set()
            have = known.get(room, set())
            await terms.put(wanted - have)
            await terms.drop(have - wanted)
        now = await self._searched(rooms)
        return {room for room in rooms if now.get(room) != found.get(room)}

    async def _searched(self, rooms: Collection[RoomId]) -> dict[RoomId, SearchedRoom]:
        return {one.room: one for one in await self.db.room_terms.searched(rooms)}


@dataclass(frozen=True, slots=True)
class RoomSearch:
    """Searches. All raise ``RateLimited``."""

    db: Database
    live: Live
    clock: Clock
    listings: Listings

    async def rooms(self, actor: Actor, text: str, *, category: str, offset: int, limit: int) -> tuple[RoomPage, bool]:
        """Return public live rooms that have all words, most watched first, and whether there may be more.

        A room from which the actor is banned is not among them. Raises ``BadRequest`` for a text without a word.
        """
        words = words_of(text)
        if not words:
            raise BadRequest("text: needs a letter or a digit")
        await self._count(actor, "search")
        tenant = actor.tenant.name
        found = [RoomId(text.strip()), *(await with_all(self.db.room_terms, tenant, words))[:LOOKED_AT]]
        banned = set(await self.db.room_access.banned_from(actor.user, self.clock.now()))
        rooms = tuple(dict.fromkeys(room for room in found if room not in banned))[:LOOKED_AT]
        if not rooms:
            return _NOTHING, False
        query = RoomQuery(tenant, category, rooms, order=RoomOrder.JOINED, offset=offset, limit=limit)
        return await self.listings.rooms(query), offset + limit < len(rooms)

    async def members(
        self, actor: Actor, room: RoomId, name: str, *, cursor: str, limit: int
    ) -> tuple[Sequence[Member], str]:
        """Return members whose name contains a text, in the order of joining, and the next page's cursor.

        At most ``MEMBERS_LOOKED_AT`` are looked at: there may be more of them behind a page that is not full. Raises as
        ``Listings.members``.
        """
        await self._count(actor, "member search")
        found: list[Member] = []
        looked_at = 0
        while looked_at < MEMBERS_LOOKED_AT:
            page, following = await self.listings.members(actor, room, cursor=cursor, offset=0, limit=_PART)
            for member in page:
                if contains(member.name, name):
                    found.append(member)
                    if len(found) == limit:
                        is_last = member is page[-1] and not following
                        return found, "" if is_last else str(member.order)
            if not following:
                return found, ""
            looked_at, cursor = looked_at + len(page), following
        return found, cursor

    async def _count(self, actor: Actor, what: str) -> None:
        await check_rate(self.live, f"{what}:{actor.user}", limit=SEARCHES, window=WINDOW)


class FoundByTerms(Protocol[Id]):
    """What is found by words: ``ports.RoomTermRows``, ``ports.UserTermRows``."""

    async def find(self, tenant: TenantName, word: str, limit: int) -> Sequence[Id]: ...
    async def among(self, some: Collection[Id], word: str, /) -> Collection[Id]: ...


async def with_all(terms: FoundByTerms[Id], tenant: TenantName, words: Sequence[str]) -> Sequence[Id]:
    """Return what has all words: what the rarest leads to, as far as the others do too.

    Of a word that very many have only the first are looked at, so that a search costs the same among any number of
    them.
    """
    found = {word: await terms.find(tenant, word, _TERMS) for word in words}
    rarest = min(found, key=lambda word: len(found[word]))
    having_all = list(dict.fromkeys(found[rarest]))
    for word in words:
        if word != rarest:
            having = await terms.among(having_all, word)
            having_all = [one for one in having_all if one in having]
    return having_all


def _terms_of(room: SearchedRoom) -> set[RoomTerm]:
    return {RoomTerm(room.tenant, term, room.room) for term in room.terms()}
