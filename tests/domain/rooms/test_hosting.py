"""A room without its host: when it is hidden, who gets it, and what becomes of who gives it away."""

import pytest

from liveroom.domain.ids import UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.hosting import (
    HeirCandidate,
    HostAbsence,
    heir_of,
    is_hosted,
    role_of_former_owner,
    role_of_new_owner,
)
from liveroom.domain.rooms.model import HostPolicy

NOW, GRACE = 1_000_000, 60_000
PRESENT = HostAbsence(hidden=False, over=None)


@pytest.mark.parametrize(
    ("policy", "owner", "hosts", "hosted"),
    [
        (HostPolicy.OWNER, True, False, True),
        (HostPolicy.OWNER, False, True, False),
        (HostPolicy.HOSTS, False, True, True),
        (HostPolicy.HOSTS, True, False, True),
        (HostPolicy.HOSTS, False, False, False),
    ],
)
def test_who_has_to_be_there_says_the_policy(policy: HostPolicy, owner: bool, hosts: bool, hosted: bool) -> None:
    assert is_hosted(policy, owner=owner, hosts=hosts) is hosted


def test_a_room_that_loses_its_host_is_hidden_for_the_length_of_the_grace() -> None:
    hidden = PRESENT.next(NOW, GRACE, hosted=False)
    assert hidden == HostAbsence(hidden=True, over=NOW + GRACE)
    assert hidden.next(NOW + 1, GRACE, hosted=False) == hidden, "the grace does not begin anew"
    assert hidden.next(NOW + 2, GRACE, hosted=True) == PRESENT


def test_a_room_that_was_just_opened_waits_for_its_host_and_is_shown() -> None:
    opened = HostAbsence(hidden=False, over=NOW + GRACE)
    assert opened.next(NOW, GRACE, hosted=False) == opened


def candidate(user: str, order: int, appointed: Role | None = None, *, hosts: bool = False) -> HeirCandidate:
    return HeirCandidate(UserId(user), order, appointed, hosts)


@pytest.mark.parametrize(
    ("candidates", "heir"),
    [
        ([], None),
        ([candidate("bob", 2)], None),
        ([candidate("bob", 2, hosts=True)], "bob"),
        ([candidate("bob", 2, hosts=True), candidate("cid", 1, hosts=True)], "cid"),
        ([candidate("bob", 1, hosts=True), candidate("cid", 2, Role.MODERATOR)], "cid"),
        ([candidate("bob", 1, Role.MODERATOR), candidate("cid", 2, Role.ANCHOR, hosts=True)], "cid"),
        ([candidate("bob", 4, Role.ANCHOR), candidate("cid", 3, Role.ANCHOR), candidate("ann", 1, Role.ANCHOR)], "cid"),
        ([candidate("ann", 1, hosts=True)], None),
    ],
)
def test_the_heir_is_who_has_been_there_longest_of_the_first_kind_that_there_is(
    candidates: list[HeirCandidate], heir: str | None
) -> None:
    assert heir_of(UserId("ann"), candidates) == heir
    assert heir_of(UserId("ann"), reversed(candidates)) == heir


def test_a_new_owner_is_a_host_and_the_former_one_what_they_are_without_owning() -> None:
    assert [role_of_new_owner(role) for role in (Role.AUDIENCE, Role.ANCHOR)] == [Role.ANCHOR, Role.ANCHOR]
    assert role_of_former_owner(Role.OWNER, HostPolicy.OWNER, None) is Role.AUDIENCE
    assert role_of_former_owner(Role.OWNER, HostPolicy.OWNER, Role.ANCHOR) is Role.OWNER
    assert role_of_former_owner(Role.ANCHOR, HostPolicy.HOSTS, None) is Role.ANCHOR
