"""What is told of seats: as answers of ``seats/*`` write it, and as the events of a room do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from liveroom.domain.ids import UserId
from liveroom.domain.options import RoomOptions
from liveroom.domain.seats import Mutes, RequestAnswer, Seated, SeatRequest

Names = Mapping[UserId, tuple[str, str]]
"""The name and picture of each user who has a seat."""


def told_seats(options: RoomOptions, seated: Sequence[Seated], names: Names) -> dict[str, Any]:
    """Return every seat of a room, and how one comes to one."""
    taken = {one.number: one for one in seated}
    seats = [told_seat(options, number, taken.get(number), names) for number in range(1, options.seats + 1)]
    return {"mode": options.seat_mode.value, "seats": seats}


def told_seat(options: RoomOptions, number: int, seated: Seated | None, names: Names) -> dict[str, Any]:
    """Return one seat; without anybody on it the user is ""."""
    mutes = seated.mutes if seated is not None else 0
    name, avatar = names.get(seated.user, ("", "")) if seated is not None else ("", "")
    return {
        "seat": number,
        "userId": seated.user if seated is not None else "",
        "name": name,
        "avatar": avatar,
        "locked": options.is_locked(number),
        "audioMuted": bool(mutes & Mutes.AUDIO),
        "videoMuted": bool(mutes & Mutes.VIDEO),
        "audioOff": bool(mutes & Mutes.AUDIO_OFF),
        "videoOff": bool(mutes & Mutes.VIDEO_OFF),
    }


def told_request(request: SeatRequest) -> dict[str, Any]:
    """Return an application or invitation."""
    return {
        "requestId": request.id,
        "kind": request.kind.value,
        "userId": request.user,
        "name": request.name,
        "avatar": request.avatar,
        "seat": request.seat,
        "by": request.by,
        "expireUtc": written(request.expires),
    }


def told_answer(answer: RequestAnswer) -> dict[str, Any]:
    """Return what became of one."""
    return {
        "requestId": answer.request.id,
        "kind": answer.request.kind.value,
        "userId": answer.request.user,
        "seat": answer.seat,
        "outcome": answer.outcome.value,
        "reason": answer.reason,
        "by": answer.by or "",
    }


def written(moment: datetime) -> str:
    """Return a time as it is told."""
    return moment.isoformat(" ", "seconds")[:19]
