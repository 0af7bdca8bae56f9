"""Who may enter, and in which role: each store decides as the domain does, whatever is arranged for whom."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from liveroom.domain.errors import Refused, RoomFull
from liveroom.domain.ids import DEFAULT_TENANT, EntryId, RoomId, SessionId, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import Role, displayed_role, granted_role
from liveroom.domain.rooms.entering import Entrant, check_barriers, is_full, takes_role
from liveroom.domain.rooms.model import HostPolicy, Room
from liveroom.domain.rooms.options import DEFAULTS, Access
from liveroom.ports import Admission
from tests.store.live.world import World

SECRET, OTHER = "a" * 64, "b" * 64
BOB = UserId("bob")
KINDS = (
    DEFAULTS,
    replace(DEFAULTS, password=SECRET),
    replace(DEFAULTS, access=Access.PRIVATE, link_key="key"),
    replace(DEFAULTS, access=Access.INVITED),
)


class Case(NamedTuple):
    """A room, what it has arranged for bob, and how he enters it."""

    row: Room
    policy: HostPolicy
    access: RoomAccess | None
    admission: Admission

    @property
    def owns(self) -> bool:
        return BOB in (self.row.owner, self.row.holder)

    @property
    def appointed(self) -> Role | None:
        return None if self.access is None else self.access.role

    def granted(self, wanted: Role | None) -> Role:
        """Return the role that he is granted who wants one."""
        return granted_role(
            wanted,
            owns=self.owns,
            admin=self.admission.admin,
            appointed=self.appointed,
            policy=self.policy,
            anyone_hosts=self.admission.anyone_hosts,
        )

    def shown(self, role: Role) -> Role:
        """Return as what he is displayed in a role."""
        return displayed_role(role, moderates=self.appointed is Role.MODERATOR, seated=False)


def arranged(dice: random.Random, world: World, room: str) -> RoomAccess | None:
    """Return what a room has arranged for bob, or nothing."""
    plain, now = RoomAccess(RoomId(room), BOB, DEFAULT_TENANT, rev=1), world.clock.now()
    hour = timedelta(hours=1)
    return dice.choice(
        [
            None,
            plain,
            replace(plain, role=Role.ANCHOR),
            replace(plain, role=Role.MODERATOR),
            replace(plain, invited=True),
            replace(plain, banned_until=now + hour),
            replace(plain, banned_until=now - hour),
        ]
    )


def case(dice: random.Random, world: World, number: int) -> Case:
    room = f"r{number}"
    access = arranged(dice, world, room)
    kinds: list[dict[str, Any]] = [
        {},
        {"password": SECRET},
        {"access": Access.PRIVATE, "link_key": "key"},
        {"access": Access.INVITED},
    ]
    options = replace(DEFAULTS, guarded=access is not None, **dice.choice(kinds))
    row = world.row(room, owner=dice.choice(["ann", "ann", "bob"]), options=options, capacity=dice.choice([0, 1]))
    given: dict[str, Any] = {
        "wanted": dice.choice((None, Role.AUDIENCE, Role.ANCHOR, Role.OWNER)),
        "password": dice.choice(["", SECRET, f"{OTHER},{SECRET}", OTHER]),
        "link": dice.choice(["", "key", "yek"]),
        "admin": dice.random() < 0.2,
        "anyone_hosts": dice.random() < 0.5,
        "blockers": dice.choice([(), (), (), ("ann",), ("eve", "ann", "bob"), ("annabel", "joann")]),
    }
    return Case(row, dice.choice(list(HostPolicy)), access, world.admission("bob", room, f"p{number}", **given))


def outcome(one: Case, world: World, members: int) -> Role | type[Refused]:
    """Return as what bob is displayed, or why he may not enter a room with so many members."""
    passed = one.admission
    blocked = one.row.owner in passed.blockers
    entrant = Entrant(one.owns, admin=passed.admin, link=passed.link, blocked=blocked, passwords=passed.password)
    try:
        check_barriers(one.row.options, one.access, entrant, world.clock.now())
    except Refused as refusal:
        return type(refusal)
    if is_full(one.row.capacity, members, owns=one.owns):
        return RoomFull
    return one.shown(one.granted(passed.wanted))


async def enter(world: World, admission: Admission) -> Role | type[Refused]:
    try:
        return (await world.live.admit(admission)).role
    except Refused as refusal:
        return type(refusal)


@pytest.mark.parametrize("seed", range(3))
async def test_a_store_lets_in_whom_the_domain_lets_in(world: World, seed: int) -> None:
    dice = random.Random(seed)
    found = set[Role | type[Refused]]()
    for number in range(80):
        one = case(dice, world, number)
        assert await world.live.put_room(one.row, one.policy, b"{}", [one.access] if one.access else []) is not None
        members = dice.randrange(2)
        if members:
            await world.live.admit(world.admission("cid", one.row.id, f"c{number}", admin=True))
        expected = outcome(one, world, members)
        assert await enter(world, one.admission) == expected, one
        found.add(expected)
        if isinstance(expected, Role):
            await check_return(world, dice, one, number)
    assert len(found) > 5, "chance has found most outcomes"


async def check_return(world: World, dice: random.Random, one: Case, number: int) -> None:
    """Let bob enter once more, by the same session or another."""
    role, wanted = one.granted(one.admission.wanted), dice.choice((None, Role.AUDIENCE, Role.ANCHOR, Role.OWNER))
    entered = dice.random() < 0.5
    session = one.admission.session if entered else f"{BOB}-2"
    again = one.admission._replace(wanted=wanted, session=SessionId(session), entry=EntryId(f"q{number}"))
    if wanted is not None and takes_role(role, one.granted(wanted), entered=entered):
        role = one.granted(wanted)
    assert await enter(world, again) == one.shown(role), (one, wanted)
