"""A room's options as clients read them: what ``rooms/options`` answers, and what is told when they change."""

from datetime import timedelta
from typing import Annotated, Final

import msgspec

from liveroom.api.shapes import Shape, wire_time
from liveroom.domain.options import Access, RoomOptions, SeatMode

SECOND: Final = timedelta(seconds=1)
_Access = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Access)})]
_SeatMode = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SeatMode)})]


class Options(Shape):
    """A room's options."""

    access: _Access
    """``public``: listed, and anybody comes in. ``private``: on no list; whoever has the link comes in. ``invited``: on
    no list; whoever was invited comes in."""
    has_password: bool
    """Coming in takes a password; the owner, whom they have appointed, and admins need none."""
    seats: int
    """How many seats there are."""
    seat_mode: _SeatMode
    """How an audience comes to a seat: by taking it (``free``), by applying for it (``apply``), or by a host's
    invitation (``invite``)."""
    slow_mode: int
    """Seconds between two messages of one member who is neither an appointed anchor nor a moderator; 0: none."""
    muted: bool
    """Only the owner, moderators and appointed anchors write."""
    start_utc: str
    """When a scheduled broadcast is to begin; empty while one runs."""
    end_utc: str
    """When the broadcast is closed; empty: its people close it. Of a scheduled one: if it begins in time."""


class OptionsWithLink(Options):
    """A room's options, with what the link of a private one carries."""

    link_key: str | msgspec.UnsetType = msgspec.UNSET
    """What whoever enters shows; left out for who may not invite, and in rooms that are not private."""


def options_with_link(options: RoomOptions) -> OptionsWithLink:
    """Return options as those read them who may know the link."""
    return OptionsWithLink(link_key=options.link_key or msgspec.UNSET, **msgspec.structs.asdict(wire_options(options)))


def wire_options(options: RoomOptions) -> Options:
    """Return options as clients read them."""
    return Options(
        access=options.access.value,
        has_password=bool(options.password),
        seats=options.seats,
        seat_mode=options.seat_mode.value,
        slow_mode=options.slow // SECOND,
        muted=options.muted,
        start_utc=wire_time(options.starts) if options.starts is not None else "",
        end_utc=wire_time(options.ends) if options.ends is not None else "",
    )
