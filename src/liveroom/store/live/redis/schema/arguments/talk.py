"""The arguments of scripts on what is said in rooms, and on likes."""

from typing import NamedTuple

from liveroom.domain.ids import BroadcastId, TenantName, UserId


class SayArguments(NamedTuple):
    """A message, and how many are allowed. ``size``: as of ``event_size``."""

    tenant: TenantName
    user: UserId
    follows: UserId
    id: str
    type: str
    priority: str
    text: str
    data: bytes
    key: str
    admin: int
    least_rank: int
    size: int
    most_of_one: int
    most_of_room: int
    most_waiting: int
    warms: str
    half_life: int


class RecallArguments(NamedTuple):
    """A message is taken back. ``message``: packed ``MessageRow``, as it is afterwards."""

    tenant: TenantName
    broadcast: BroadcastId
    number: int
    by: UserId
    message: bytes


class OpenTalkArguments(NamedTuple):
    """How far a broadcast's messages are in SQL; the newest stand behind this."""

    broadcast: bytes
    last: int
    older: int


class ReadTalkArguments(NamedTuple):
    """A page of messages. ``below``: as Redis writes the end of a range."""

    tenant: TenantName
    user: UserId
    below: str
    limit: int


class ForgetTalkArguments(NamedTuple):
    """Whom to erase, and who stands in their place."""

    user: UserId
    pseudonym: UserId


class LikeArguments(NamedTuple):
    """Likes of a room: packed ``LikeRow``."""

    tenant: TenantName
    token: str
    turn: int
    likes: bytes
    warms: str
    half_life: int


class StrikeLikesArguments(NamedTuple):
    """Likes that SQL knows by now. ``kept``: as the store kept them."""

    broadcast: BroadcastId
    kept: bytes
