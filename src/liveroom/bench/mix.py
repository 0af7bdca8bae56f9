"""How often apps make which call, for each 1,000 users who are logged in (CLIENTS.md 7.3)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

ANCHORS: Final = 0.02
"""The share of users who broadcast."""
LEAVES_ELSEWHERE: Final = 0.44
"""The share of leaves that name a room in which the user is not."""


class Share(NamedTuple):
    """A call and how often 1,000 users make it in a second."""

    call: str
    rate: float


KEEPALIVE: Final = Share("user_keepalive", 100.0)
OTHERS: Final = (
    Share("rooms/leave_room", 14.7),
    Share("rooms/query_room orderBy=createUtc", 9.8444),
    Share("rooms/enter_room role=audience", 8.1667),
    Share("user_login_token", 1.5628),
    Share("user_query", 0.8222),
    Share("rooms/query_room orderBy=totalJoined", 0.8222),
    Share("oauth/signature", 0.0817),
    Share("user_logout", 0.049),
    Share("user_update", 0.0327),
    Share("oauth/register", 0.0163),
    Share("rooms/enter_room role=anchor", 0.0111),
    Share("rooms/update_room", 0.0111),
    Share("rooms/destroy_room", 0.0111),
)


class Mix(StrEnum):
    """What load there is to choose from."""

    KEEPALIVE = "keepalive"
    """Only signs of life: the floor."""
    MIX = "mix"
    MIX_WITHOUT_KEEPALIVE = "mix-without-keepalive"
    """So that the cheap calls do not hide the slow ones."""
    HOT_ROOM = "hot-room"
    """Under the mix, 30 % of the users enter one room, and leave it at once when its anchor ends."""
    FOLLOWED = "followed"
    """The mix, and beside it a few users who follow rooms over sockets and compare them with the service at the end."""
    RESTART = "restart"
    """Keepalives through a restart of the service (yours to do); then 10 % of the users sign in at once."""


def shares(mix: Mix) -> Sequence[Share]:
    """Return the calls of which a mix consists all the time."""
    if mix in (Mix.KEEPALIVE, Mix.RESTART):
        return (KEEPALIVE,)
    return OTHERS if mix is Mix.MIX_WITHOUT_KEEPALIVE else (KEEPALIVE, *OTHERS)
