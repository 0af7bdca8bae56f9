"""Who may do what in a room: the whole table, written down once more."""

from itertools import product
from typing import Final

import pytest

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.ids import UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.permissions import LEAST, Rank, Right, check_outranks, may, rank_of

RANKS: Final = ("AUDIENCE", "SPEAKER", "ANCHOR", "MODERATOR", "OWNER", "ADMIN")
TABLE: Final = {
    "APPOINT": "----xx",
    "TRANSFER": "----xx",
    "CONFIGURE": "----xx",
    "ARRANGE": "---xxx",
    "SEAT": "--xxxx",
    "RECORD": "----xx",
    "CONNECT": "----xx",
    "STREAM": "--xxxx",
    "ACTIVITIES": "--xxxx",
    "INVITE": "--xxxx",
    "SPEAK_UP": "--xxxx",
    "RECALL": "---xxx",
    "PIN": "--xxxx",
    "MUTE": "---xxx",
    "KICK": "---xxx",
    "BAN": "---xxx",
    "OVERSEE": "---xxx",
}
"""For each right, by the ranks in their order, whether it is theirs."""
ANN, BOB = UserId("ann"), UserId("bob")
ROLES: Final = (None, *Role)


def test_the_table_names_every_right_and_every_rank() -> None:
    assert list(TABLE) == [right.name for right in Right] == [right.name for right in LEAST]
    assert list(RANKS) == [rank.name for rank in Rank]


@pytest.mark.parametrize(("right", "rank"), list(product(Right, Rank)))
def test_whoever_the_table_names_may_and_nobody_else(right: Right, rank: Rank) -> None:
    is_theirs = TABLE[right.name][rank] == "x"
    assert may(rank, right) is is_theirs


@pytest.mark.parametrize(("rank", "other"), list(product(Rank, Rank)))
def test_nobody_acts_on_their_own_rank_or_above(rank: Rank, other: Rank) -> None:
    if rank > other:
        check_outranks(rank, other)
    else:
        with pytest.raises(PermissionDenied):
            check_outranks(rank, other)


@pytest.mark.parametrize(("role", "appointed"), list(product(ROLES, (None, Role.MODERATOR, Role.ANCHOR))))
def test_an_owner_and_an_admin_are_that_whatever_else_they_are(role: Role | None, appointed: Role | None) -> None:
    assert rank_of(ANN, owner=ANN, role=role, appointed=appointed) is Rank.OWNER
    assert rank_of(ANN, owner=ANN, role=role, appointed=appointed, admin=True) is Rank.ADMIN


@pytest.mark.parametrize(
    ("role", "appointed", "rank"),
    [
        (None, None, Rank.AUDIENCE),
        (Role.AUDIENCE, None, Rank.AUDIENCE),
        (Role.SPEAKER, None, Rank.SPEAKER),
        (Role.ANCHOR, None, Rank.AUDIENCE),
        (Role.OWNER, None, Rank.AUDIENCE),
        (Role.ANCHOR, Role.ANCHOR, Rank.ANCHOR),
        (Role.OWNER, Role.ANCHOR, Rank.ANCHOR),
        (Role.MODERATOR, None, Rank.MODERATOR),
        (None, Role.MODERATOR, Rank.MODERATOR),
        (Role.ANCHOR, Role.MODERATOR, Rank.MODERATOR),
        (None, Role.ANCHOR, Rank.AUDIENCE),
        (Role.AUDIENCE, Role.ANCHOR, Rank.AUDIENCE),
    ],
)
def test_anybody_else_is_what_they_are_in_the_room_or_were_appointed_to(
    role: Role | None, appointed: Role | None, rank: Rank
) -> None:
    assert rank_of(ANN, owner=BOB, role=role, appointed=appointed) is rank
