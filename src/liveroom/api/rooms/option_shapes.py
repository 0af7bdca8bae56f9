"""A room's options as clients read them: what ``rooms/options`` answers, and what is told when they change."""

from datetime import timedelta
from typing import Annotated, Final

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.payloads import time_or_empty
from liveroom.domain.rooms.options import Access, PinnedMessage, RoomOptions, SeatMode

SECOND: Final = timedelta(seconds=1)
_Access = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Access)})]
_SeatMode = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SeatMode)})]


class Pinned(Shape):
    """The pinned message, as it was when it was pinned."""

    message_id: str
    user_id: str
    """Its author; empty for a notice from the operator."""
    name: str
    text: str
    by: str
    """Who pinned it."""


class Options(Shape):
    """A room's options."""

    access: _Access
    """``public``: listed, and anybody may enter. ``private``: not listed; anybody with the link may enter. ``invited``:
    not listed; only invited users may enter."""
    has_password: bool
    """Entering requires a password, except for the owner, those they have appointed, and admins."""
    seats: int
    """The number of seats."""
    seat_mode: _SeatMode
    """How the audience gets a seat: by taking one (``free``), by applying (``apply``), or by a host's invitation
    (``invite``).
    """
    slow_mode: int
    """Slow mode: seconds between two messages of a member who is neither appointed anchor nor moderator; 0: off."""
    muted: bool
    """Everyone is muted: only the owner, moderators and appointed anchors can write."""
    start_utc: str
    """When a scheduled broadcast begins; empty while one is running."""
    end_utc: str
    """When the broadcast ends; empty: no set end. For a scheduled one: if it begins on time."""
    pinned: Pinned | None
    """The message that is pinned for everybody in the room; null if none is."""
    gifts: bool
    """Gifts may be sent here, where the service offers them."""
    open_battles: bool
    """Rooms that it is connected with may begin a battle with it without asking."""
    followers_chat: bool
    """Of the audience, only followers of the owner and users in a seat can write."""
    followers_seats: bool
    """Of the audience, only followers of the owner can take a seat or apply for one."""
    recorded: bool
    """Every broadcast of the room is recorded, where the service records."""
    live_cover: bool
    """Lists show a frame of the stream as the room's ``cover``, every 30 seconds another, where the service can."""


class OptionsWithLink(Options):
    """A room's options, with the key in the link of a private room."""

    link_key: str | msgspec.UnsetType = msgspec.UNSET
    """The key in the link of a private room; left out for callers who may not invite, and if the room is not
    private."""


def options_with_link(options: RoomOptions) -> OptionsWithLink:
    """Return options as those read them who may know the link."""
    return OptionsWithLink(link_key=options.link_key or msgspec.UNSET, **msgspec.structs.asdict(wire_options(options)))


def wire_pinned(pinned: PinnedMessage) -> Pinned:
    """Return a pinned message as clients read it."""
    number, user, name, text, by = pinned
    return Pinned(message_id=str(number), user_id=user, name=name, text=text, by=by)


def wire_options(options: RoomOptions) -> Options:
    """Return options as clients read them."""
    return Options(
        access=options.access.value,
        has_password=bool(options.password),
        seats=options.seats,
        seat_mode=options.seat_mode.value,
        slow_mode=options.slow // SECOND,
        muted=options.muted,
        start_utc=time_or_empty(options.starts),
        end_utc=time_or_empty(options.ends),
        pinned=None if options.pinned is None else wire_pinned(options.pinned),
        gifts=options.gifts,
        open_battles=options.open_battles,
        followers_chat=options.followers_chat,
        followers_seats=options.followers_seats,
        recorded=options.recorded,
        live_cover=options.live_cover is not None,
    )
