"""What the audit keeps of a room that an operator changes: before, and after."""

from datetime import timedelta

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import instant_text
from liveroom.domain.rooms.model import Room


def note_change(caller: Actor | Operator, before: Room, after: Room) -> None:
    """Note for the audit what the operator changes of a room; what users change is not noted."""
    if isinstance(caller, Operator):
        caller.change.note(_noted(before), _noted(after))


def _noted(room: Room) -> dict[str, str | int | bool]:
    options = room.options
    return {
        "state": room.state.value,
        "owner": room.owner,
        "category": room.category,
        "title": room.title,
        "cover": room.cover,
        "subject": room.subject,
        "description": room.description,
        "capacity": room.capacity,
        "barred": room.delisted,
        "unlisted": room.aside,
        "access": options.access.value,
        "hasPassword": bool(options.password),
        "slowMode": options.slow // timedelta(seconds=1),
        "muted": options.muted,
        "seats": options.seats,
        "seatMode": options.seat_mode.value,
        "gifts": options.gifts,
        "followersChat": options.followers_chat,
        "followersSeats": options.followers_seats,
        "recorded": options.recorded,
        "liveCover": options.live_cover is not None,
        "ends": instant_text(options.ends) if options.ends is not None else "",
    }
