"""What can go wrong with a call: the service answered no (``Refused`` and its kinds), or nothing (``Unreachable``).

Catch the kind that your program handles; ``code`` and ``name`` are promises of the service, ``message`` is for people.
"""

from collections.abc import Mapping
from typing import Any, Final


class LiveroomError(Exception):
    """Anything that this package raises on its own."""


class Unreachable(LiveroomError):
    """No answer came in time: what was asked for may have been done, or not."""


class Refused(LiveroomError):
    """The service answered no.

    ``code``: its number (docs/errors.md). ``name``: the number's name, such as ``RoomFull``. ``message``: a sentence
    for people, in the language of the client. ``retry_after``: seconds to wait before the same call can succeed, or
    None. ``data``: what the answer held beside that, such as the current value with ``StaleVersion``.
    """

    def __init__(
        self,
        code: int,
        name: str,
        message: str,
        data: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.name = name
        self.message = message
        self.data = dict(data or {})
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.message} ({self.code} {self.name})"


class Unavailable(Refused):
    """The service, a store or a vendor is down: the same call will do later (100 to 104, 120)."""


class SignedOut(Refused):
    """The login has expired, ended or is too old for this: sign in again (203, 204, 3018)."""


class WrongCredentials(Refused):
    """Account, signature or a parameter is wrong, or the name is taken (98); the signature was used before (210)."""


class WrongCode(Refused):
    """The code that was sent to a phone or mailbox is wrong, expired or used up (200 to 202)."""


class NotFound(Refused):
    """No such room, user, message, seat, request, report or gift for this user (206, 2004, 3011–3014, 3052, 400x)."""


class Denied(Refused):
    """This user or operator may not do that (3000), or not before they proved who they are (3016, 3017)."""


class RoomFull(Refused):
    """The room already has as many members as it may (3001)."""


class Banned(Refused):
    """The user is banned, from the room or from the service (3002)."""


class Muted(Refused):
    """The user, or everybody in the room, is muted (3003)."""


class FollowersOnly(Refused):
    """Of the audience only followers of the room's owner write there, or come to a seat (3019)."""


class RateLimited(Refused):
    """Too many calls of this kind (209, 3004): wait for ``retry_after`` seconds."""


class QuotaExceeded(Refused):
    """The service, or this user, has as many users or rooms as allowed (3005)."""


class WrongPassword(Refused):
    """The room has a password, and the one given is not it (3006), or none was given (3015)."""


class NotInRoom(Refused):
    """Only members of the room may do that (3007)."""


class NotOffered(Refused):
    """This installation does not offer the feature (3008)."""


class StaleVersion(Refused):
    """Somebody else changed it meanwhile (3009): ``data`` has the current value."""


class ContentRefused(Refused):
    """The text has words that are not allowed there (3010), or the file cannot be used (3032)."""


class SeatRefused(Refused):
    """The seat is taken or locked, or the room's seat mode does not allow it (3013, 41xx, 42xx)."""


class ConnectionRefused(Refused):
    """The room is connected already, is not connected, or the connection has nine rooms (304x)."""


class BattleRefused(Refused):
    """The room is in a battle, wants to be asked first, or has had as many as it may (306x)."""


class MoneyRefused(Refused):
    """The wallet, the key or the operator's limit does not allow it (305x, 308x, 309x); ``code`` says which: 3051 too
    few coins, 3084 and 3086 for who is not known as an adult, 3085 for who gets no gifts, 3090 a gift of the user's is
    being paid, 3091 it was not paid.
    """


class PurchaseRefused(Refused):
    """The purchase in a phone's store brings no coins: ``code`` says why. 3092 invalid, 3093 of another app, 3094 of a
    test, 3095 of another user, 3096 refunded, 3097 not paid yet, 3098 not sold for coins.
    """


class AgencyRefused(Refused):
    """The period still runs (3070), the host has an agency (3072) or none (3074)."""


class RoomRecorded(Refused):
    """The recording of the room is about to end: try again soon."""


class EnvelopeRefused(Refused):
    """The red envelope is not open yet (3078), is over (3079), is for others (3080), or there are enough (3081)."""


class ActivityRefused(Refused):
    """The room has such an activity (3131), it is over or locked (3132), or its rules refuse it (3133, 3141-3143, 3151,
    3152)."""


_SOON: Final = 1.0
"""Seconds after which it is worth asking a service again that is down."""
_KINDS: Final[dict[int, type[Refused]]] = {
    **dict.fromkeys((100, 101, 102, 103, 104, 120), Unavailable),
    **dict.fromkeys((203, 204, 3018), SignedOut),
    **dict.fromkeys((98, 210), WrongCredentials),
    **dict.fromkeys((200, 201, 202), WrongCode),
    **dict.fromkeys((206, 2004, 3011, 3012, 3014, 3030, 3031, 3052, 3055, 3056, 3061), NotFound),
    **dict.fromkeys((3071, 3073, 3075, 3077, 3110, 3120, 3130, 3140, 3150, 4000, 4002), NotFound),
    **dict.fromkeys((209, 3004), RateLimited),
    **dict.fromkeys((3006, 3015), WrongPassword),
    **dict.fromkeys((3013, 4100, 4101, 4102, 4103, 4200, 4201), SeatRefused),
    **dict.fromkeys((3040, 3041, 3042), ConnectionRefused),
    **dict.fromkeys((3060, 3062, 3063), BattleRefused),
    **dict.fromkeys((3050, 3051, 3053, 3054, 3057, 3058, 3084, 3085, 3086, 3090, 3091), MoneyRefused),
    **dict.fromkeys((3092, 3093, 3094, 3095, 3096, 3097, 3098), PurchaseRefused),
    **dict.fromkeys((3070, 3072, 3074), AgencyRefused),
    **dict.fromkeys((3078, 3079, 3080, 3081), EnvelopeRefused),
    **dict.fromkeys((3131, 3132, 3133, 3141, 3142, 3143, 3151, 3152), ActivityRefused),
    **dict.fromkeys((3000, 3016, 3017), Denied),
    3001: RoomFull,
    3002: Banned,
    3003: Muted,
    3019: FollowersOnly,
    3005: QuotaExceeded,
    3007: NotInRoom,
    3008: NotOffered,
    3009: StaleVersion,
    3010: ContentRefused,
    3032: ContentRefused,
    3121: RoomRecorded,
}


def refused(answer: Mapping[str, Any]) -> Refused:
    """Return the error of an answer whose ``errorCode`` is not 0."""
    code, data = int(answer["errorCode"]), answer.get("data")
    kind = _KINDS.get(code, Refused)
    given = data if isinstance(data, Mapping) else None
    wait = answer.get("retryAfter", _SOON if kind is Unavailable else None)
    return kind(code, str(answer.get("codeStr", "")), str(answer.get("errorMessage", "")), given, wait)
