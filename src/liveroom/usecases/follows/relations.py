"""Following: users follow others of their tenant, and see whom they follow and who follows them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User, present
from liveroom.domain.errors import BadRequest, QuotaExceeded, UserBlocked, UserNotFound, UserRefuses
from liveroom.domain.events import follows as follow_events
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.records import of_user
from liveroom.domain.events.user_payloads import NewFollower
from liveroom.domain.follows.model import FollowCounts, Pair, Relation, Side, relation_of
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.moments import at, moment
from liveroom.domain.rooms.paging import UserMark, cut
from liveroom.ports import Clock, Database, Follow, Live, Tx
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.rates import check_rate

CHANGES: Final = 120
"""How many users somebody may begin or cease to follow in a minute."""
_MINUTE: Final = timedelta(minutes=1)
_TOLD: Final = 10
"""How many new followers a user hears of in a second."""
_SECOND: Final = timedelta(seconds=1)
_DIGITS: Final = 15


class ListedFollow(NamedTuple):
    """A follow in a list, with the other user."""

    follow: Follow
    user: User
    relation: Relation
    """What they are to the user whose list it is."""


class _Added(NamedTuple):
    relation: Relation
    is_new: bool


@dataclass(frozen=True, slots=True)
class Follows:
    """Who follows whom."""

    db: Database
    live: Live
    clock: Clock
    recorder: EventRecorder
    notifier: UserNotifier
    limit: int
    """How many one user follows at most."""

    async def add(self, actor: Actor, target: UserId) -> Relation:
        """Have the actor follow somebody; return what they are to the actor now. Again changes nothing.

        Raises ``BadRequest`` for oneself, ``UserNotFound`` (also for who is banned), ``UserRefuses``, ``UserBlocked``,
        ``QuotaExceeded``, ``RateLimited``.
        """
        known = await self.relation(actor.user, target)
        if known not in (Relation.FOLLOWING, Relation.MUTUAL):
            await self._check_rate(actor)
        return await self.add_for(actor.tenant.name, actor.user, target)

    async def add_for(self, tenant: TenantName, user: UserId, target: UserId) -> Relation:
        """Do the same for a user, on the word of the operator's server: as often as it likes."""
        pair = _pair(user, target)
        known = await self.relation(user, target)
        if known in (Relation.FOLLOWING, Relation.MUTUAL):
            return known
        if present(await self.db.users.get(target), tenant).is_banned(self.clock.now()):
            raise UserNotFound
        added = await self.db.transact(lambda tx: self.add_in(tx, tenant, pair))
        if added.is_new:
            await self._tell(pair, added.relation)
        return added.relation

    async def add_in(self, tx: Tx, tenant: TenantName, pair: Pair) -> _Added:
        """Add a follow within the caller's transaction, unless it is there. Raises as ``add``."""
        found = await tx.follows.lock(pair.follower, [pair.followed])
        relation = relation_of(following=True, followed=pair.back in found)
        if pair in found:
            return _Added(relation, is_new=False)
        await _check_blocks(tx, pair)
        if await tx.follows.following(pair.follower) >= self.limit:
            raise QuotaExceeded(f"at most {self.limit} users")
        now = self.clock.now()
        await tx.follows.add(pair, now, found)
        event = follow_events.added(pair, now, mutual=relation is Relation.MUTUAL)
        await self.recorder.record(tx, tenant, of_user(pair.follower), [event])
        return _Added(relation, is_new=True)

    async def remove(self, actor: Actor, target: UserId) -> Relation:
        """Have the actor follow somebody no longer; return what they are to the actor now. Again changes nothing.

        Raises ``BadRequest`` for oneself, ``RateLimited``. Whoever is gone can be unfollowed too.
        """
        known = await self.relation(actor.user, target)
        if known not in (Relation.NONE, Relation.FOLLOWER):
            await self._check_rate(actor)
        return await self.remove_for(actor.tenant.name, actor.user, target)

    async def remove_for(self, tenant: TenantName, user: UserId, target: UserId) -> Relation:
        """Do the same for a user, on the word of the operator's server."""
        pair = _pair(user, target)
        known = await self.relation(user, target)
        if known in (Relation.NONE, Relation.FOLLOWER):
            return known

        async def work(tx: Tx) -> Relation:
            found = await tx.follows.lock(user, [target])
            if pair in found:
                await self.remove_in(tx, tenant, [pair], found)
            return relation_of(following=False, followed=pair.back in found)

        return await self.db.transact(work)

    async def remove_in(self, tx: Tx, tenant: TenantName, pairs: Collection[Pair], found: Collection[Pair]) -> None:
        """Remove locked follows within the caller's transaction."""
        await tx.follows.remove(pairs, found)
        for pair in pairs:
            event = follow_events.removed(pair, self.clock.now())
            await self.recorder.record(tx, tenant, of_user(pair.follower), [event])

    async def page(self, user: UserId, side: Side, *, cursor: str, limit: int) -> tuple[Sequence[ListedFollow], str]:
        """Return a user's follows of one side, the newest first, and the next page's cursor.

        Who is deleted is left out, so that a page may be shorter. Raises ``BadRequest`` for a cursor that is none.
        """
        found = await self.db.follows.page(user, side, read_mark(cursor), limit + 1)
        page, after = cut(found, limit, lambda one: f"{moment(one.at)}-{one.user}")
        users = {user.id: user for user in await self.db.users.list([one.user for one in page]) if not user.deleted}
        return [ListedFollow(one, users[one.user], _shown(one, side)) for one in page if one.user in users], after

    async def counts(self, tenant: TenantName, users: Sequence[UserId]) -> Sequence[tuple[UserId, FollowCounts]]:
        """Return the counts of those of the users that the tenant has, in the order asked."""
        ours = await self.ours(tenant, users)
        found = await self.db.follows.counts(ours) if ours else {}
        return [(user, found.get(user, FollowCounts())) for user in ours]

    async def relations(self, user: UserId, others: Sequence[UserId]) -> Sequence[tuple[UserId, Relation]]:
        """Return what each of the others is to a user, in the order asked; those of other tenants are nothing."""
        asked = list(dict.fromkeys(others))
        found = await self.db.follows.relations(user, asked) if asked else {}
        return [(other, found.get(other, Relation.NONE)) for other in asked]

    async def relation(self, user: UserId, target: UserId) -> Relation:
        """Return what somebody is to a user."""
        return (await self.db.follows.relations(user, [target])).get(target, Relation.NONE)

    async def ours(self, tenant: TenantName, users: Sequence[UserId]) -> Sequence[UserId]:
        """Return those of the users that the tenant has, each once."""
        found = await self.db.users.list(users) if users else []
        ours = {user.id for user in found if user.tenant == tenant and user.deleted is None}
        return [user for user in dict.fromkeys(users) if user in ours]

    async def _check_rate(self, actor: Actor) -> None:
        await check_rate(self.live, f"follow:{actor.user}", limit=CHANGES, window=_MINUTE)

    async def _tell(self, pair: Pair, relation: Relation) -> None:
        """Notify whoever is followed, unless so many have come in this second that nobody reads their names."""
        if not await self.live.hit(f"followed:{pair.followed}", limit=_TOLD, window=_SECOND):
            return
        user = await self.db.users.get(pair.follower)
        if user is None or user.deleted is not None:
            return
        seen = Relation.MUTUAL if relation is Relation.MUTUAL else Relation.FOLLOWER
        news = NewFollower(user_id=user.id, name=user.name, avatar=user.avatar, relation=seen.value)
        await self.notifier.notify(pair.followed, EventKind.FOLLOWED, news, by=pair.follower)


def _pair(user: UserId, target: UserId) -> Pair:
    if target == user:
        raise BadRequest("targetId: nobody follows themselves")
    return Pair(user, target)


async def _check_blocks(tx: Tx, pair: Pair) -> None:
    """Raise ``UserRefuses`` or ``UserBlocked`` where one of the two has blocked the other."""
    if await tx.blocks.among(pair.followed, [pair.follower]):
        raise UserRefuses
    if await tx.blocks.among(pair.follower, [pair.followed]):
        raise UserBlocked


def _shown(follow: Follow, side: Side) -> Relation:
    is_theirs = side is Side.FOLLOWERS
    return relation_of(following=not is_theirs or follow.mutual, followed=is_theirs or follow.mutual)


def read_mark(cursor: str) -> UserMark | None:
    """Return the place that a cursor of a list means; None: the beginning. Raises ``BadRequest``."""
    if not cursor:
        return None
    time, _, user = cursor.partition("-")
    if not (time.isascii() and time.isdigit() and len(time) <= _DIGITS and user):
        raise BadRequest("cursor: invalid")
    return UserMark(at(int(time)), UserId(user))
