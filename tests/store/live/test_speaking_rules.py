"""Who may say something in a room: each store decides as the domain does, whatever is arranged for whom."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.errors import Refused, SlowMode
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.messages.model import Priority
from liveroom.domain.messages.speaking import check_follows, time_between
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import HostPolicy, Room
from liveroom.domain.rooms.options import DEFAULTS, SeatMode
from liveroom.domain.rooms.permissions import rank_of
from liveroom.ports import Saying
from tests.store.live.seat_maps import take
from tests.store.live.talking import saying
from tests.store.live.world import World

BOB, HOUR, SLOW = UserId("bob"), timedelta(hours=1), timedelta(seconds=30)
Outcome = type[Refused] | None


def arranged(dice: random.Random, world: World, room: str) -> RoomAccess | None:
    """Return what a room has arranged for bob, or nothing."""
    plain, now = RoomAccess(RoomId(room), BOB, DEFAULT_TENANT, rev=1), world.clock.now()
    return dice.choice(
        [
            None,
            plain,
            replace(plain, role=Role.ANCHOR),
            replace(plain, role=Role.MODERATOR),
            replace(plain, muted_until=now + HOUR),
            replace(plain, muted_until=now - HOUR),
            replace(plain, banned_until=now + HOUR, muted_until=now + HOUR),
            replace(plain, role=Role.MODERATOR, muted_until=now + HOUR),
        ]
    )


async def outcomes(world: World, row: Room, access: RoomAccess | None, said: Saying) -> list[Outcome]:
    """Return what comes of two messages, one right after the other."""
    member = await world.live.member(row.id, BOB)
    assert member is not None
    appointed = None if access is None else access.role
    rank = rank_of(BOB, owner=row.owner, role=member.role, appointed=appointed, admin=said.admin)
    owns = BOB in (row.owner, row.holder)
    try:
        slow = time_between(row.options, access, rank, said.draft.priority, world.clock.now(), owns=owns)
        check_follows(row.options, rank, row.owner, said.follows, seated=member.seat > 0)
    except Refused as refusal:
        return [type(refusal)] * 2
    return [None, SlowMode if slow else None]


async def say(world: World, said: Saying) -> Outcome:
    try:
        await world.live.talk.say(said)
    except Refused as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("seed", range(2))
async def test_a_store_lets_say_what_the_domain_lets_say(world: World, seed: int) -> None:
    dice = random.Random(seed)
    found = set[Outcome]()
    for number in range(60):
        room = f"r{number}"
        access = arranged(dice, world, room)
        options = replace(DEFAULTS, muted=dice.random() < 0.4, slow=dice.choice([timedelta(0), SLOW]))
        options = replace(options, seat_mode=SeatMode.FREE, followers_chat=dice.random() < 0.5)
        row = world.row(room, owner=dice.choice(["ann", "ann", "bob"]), options=options)
        assert await world.live.put_room(row, dice.choice(list(HostPolicy)), b"{}") is not None
        wanted = dice.choice([None, Role.ANCHOR])
        await world.live.admit(world.admission("bob", room, f"p{number}", wanted=wanted, anyone_hosts=True))
        if access is not None:
            await world.live.put_room_access(access, Announcement("", EventKind.STANDING_CHANGED, b"{}"))
        if dice.random() < 0.2:
            await take(world, "bob", room=room)
        priority, admin = dice.choice(list(Priority)), dice.random() < 0.2
        follows = UserId(dice.choice(["", "ann", "eve"]))
        about: dict[str, Any] = {"priority": priority, "admin": admin, "follows": follows}
        one, other = (saying("bob", room=row.id, **about) for _ in range(2))
        expected = await outcomes(world, row, access, one)
        assert [await say(world, one), await say(world, other)] == expected, (row, access, one)
        found.update(expected)
    assert len(found) > 5, "chance has found most outcomes"
