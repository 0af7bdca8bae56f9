"""Every way in which a use case can fail, named once.

    Failure
    ├── BadRequest               what the caller sent cannot be understood
    ├── Refused                  understood, and not allowed or not possible
    └── Unavailable              something that we depend on does not answer

Each wire keeps its own number for a failure in one table (``liveroom.api.codes``); a test proves that table total.
``detail`` is for people and may change; the slug is a promise.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from liveroom.domain.ids import RoomId


class Failure(Exception):
    """A use case could not do what it was asked to do."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.slug())
        self.detail = detail

    @classmethod
    def slug(cls) -> str:
        """Return the failure's public name: its class name in snake_case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class BadRequest(Failure):
    """A parameter is missing or cannot be read; each call has its own wire number for it."""


class Refused(Failure):
    """The request was understood and is refused."""


class CredentialsMissing(BadRequest):
    """An account call came without the user or the token."""


class NameTaken(Refused):
    """The username is registered already."""


class ContactTaken(BadRequest):
    """The phone number or mailbox is another account's."""


class CodeInvalid(Refused):
    """The code is not the one that was sent, or was not sent to that number or mailbox."""


class CodeExpired(Refused):
    """The code's five minutes are over."""


class CodeConsumed(Refused):
    """The code was used, or tried too often."""


class CredentialsWrong(Refused):
    """Unknown username or wrong signature: one sentence for both, so that names cannot be probed."""


class SignatureRefused(Refused):
    """The login signature is outside its time window, used already, or made with an unknown hash."""


class TokenExpired(Refused):
    """The token's time is over; the user signs in again."""


class SignInTooOld(Refused):
    """This asks for a fresh sign-in, and the user's is some time ago."""


class TokenInvalid(Refused):
    """The token is not ours, is not this user's, or its session has ended."""


class TokenOfAnother(TokenInvalid):
    """The token is not of the user or the tenant that the call names."""


class OtherUser(Refused):
    """The call names another user than the one who makes it."""


class ServerKeyUnknown(TokenInvalid):
    """There is no such server key, or its secret is another."""


class ServerKeyRevoked(TokenInvalid):
    """The server key was revoked by the operator."""


class ServerKeyExpired(TokenInvalid):
    """The server key's time is over."""


class ServerKeyElsewhere(TokenInvalid):
    """The server key is of one tenant, and the call names another."""


class ActsForAnother(TokenInvalid):
    """A call by a server key names one user as ``actAs`` and another as the caller."""


class ProfileEmpty(Refused):
    """A profile update that names no field."""


class UserNotFound(Refused):
    """No such user in this tenant."""


class MemberNotFound(UserNotFound):
    """Somebody who would have to be in the room, and is not."""


class EmailInvalid(Refused):
    """The e-mail address cannot be one."""


class SearchInvalid(Refused):
    """A user search that searches for nothing, or for what cannot be searched."""


class RoomNotFound(Refused):
    """The room does not exist, is closed, or is only reserved."""


class RoomConcealed(RoomNotFound):
    """The room keeps itself from the caller, who is answered as if it did not exist."""


class RoomForbidden(RoomConcealed):
    """The caller is banned from the room, and has no business with it any more."""


class PermissionDenied(Refused):
    """The caller may not do this."""


class UserRefuses(PermissionDenied):
    """Whoever is meant has blocked the caller, who is not told that."""


class UserBlocked(PermissionDenied):
    """The caller has blocked whom they mean."""


class ServerKeyMissing(PermissionDenied):
    """The call is for an operator's own backend, which shows a server key."""


class ServerKeyExposed(PermissionDenied):
    """A web page sent a server key, which then is no secret any more."""


class CallUnsigned(PermissionDenied):
    """The tenant has its calls signed by app keys, and this one is not, or wrongly; ``detail`` is what is wrong."""


class ScopeMissing(PermissionDenied):
    """The server key is not allowed this; ``detail`` is the scope that it needs."""


class HookRefused(Refused):
    """The operator's own server, or a module, says no; ``detail`` is its sentence for people, if it has one."""


class RoomFull(Refused):
    """The room already holds as many members as it may."""


class BanTerms:
    """How long a ban lasts and why, for whom it concerns; ``until`` None where neither is told."""

    until: datetime | None = None
    reason: str = ""
    user: str = ""
    """Whom it concerns, where the caller has proved to be them: they may appeal."""

    def lasting(self, until: datetime | None, reason: str, user: str = "") -> Self:
        """Return the failure with the details of the ban."""
        self.until, self.reason, self.user = until, reason, user
        return self


class UserBanned(BanTerms, Refused):
    """The user is banned."""


class SessionBanned(BanTerms, TokenInvalid):
    """The token's session has ended because its user is banned."""


class RoomBanned(UserBanned):
    """The user is banned from this room."""


class AddressBanned(UserBanned):
    """The account was made after a ban, from an address that the ban covers."""


class UserMuted(Refused):
    """The user may not write in this room now; ``detail`` says until when."""


class RoomMuted(UserMuted):
    """Only hosts and moderators write in this room now."""


class RoomUnnamed(PermissionDenied):
    """Without a room the whole tenant is meant, and that is for admins."""


class StillBanned(PermissionDenied):
    """Who is banned from a room is not invited into it."""


class PasswordWrong(Refused):
    """The room asks for a password, and this is not it."""


class PasswordMissing(Refused):
    """The room asks for a password, and none was given."""


class ContentRefused(Refused):
    """The words hold what the operator does not allow."""


class TextRefused(ContentRefused, HookRefused):
    """The operator's own server, or a module, does not allow the words; ``detail`` is its sentence, if it has one."""


class MessageNotFound(Refused):
    """The room has no such message."""


class LikesInvalid(Refused):
    """Not a number of likes that one batch may have."""


class StaleVersion(Refused):
    """Somebody else has changed it since; ``current`` is what holds now, as it is answered."""

    def __init__(self, current: object, detail: str = "") -> None:
        super().__init__(detail)
        self.current = current


class SeatsMissing(Refused):
    """The room has no seats."""


class SeatNotFound(Refused):
    """The room has no seat of that number."""


class SeatModeWrong(Refused):
    """Seats of this room are come by in another way."""


class SeatModeUnknown(SeatModeWrong):
    """There is no such mode of seats; ``detail`` names those there are."""


class SeatOccupied(Refused):
    """Somebody else has the seat, or every seat is taken."""


class AlreadySeated(SeatOccupied):
    """Whoever is to have a seat has one."""


class SeatLocked(Refused):
    """A host has locked the seat."""


class SeatMuteInvalid(Refused):
    """A host has muted the seat: only a host lifts that."""


class NotSeated(Refused):
    """The user has no seat in the room."""


class RequestNotFound(Refused):
    """The application or invitation has been answered, taken back, or is over."""


class AlreadyConnected(Refused):
    """The room is connected with others."""


class ConnectionFull(Refused):
    """The connection has as many rooms as it may have."""


class NotConnected(Refused):
    """The room is not connected with any other."""


class ReportNotFound(Refused):
    """There is no such report."""


class StatementNotFound(ReportNotFound):
    """There is no such statement of reasons, or it is about somebody else."""


class RateLimited(Refused):
    """Too many attempts; ``retry_after`` says when to come back."""

    def __init__(self, detail: str = "", *, retry_after: timedelta = timedelta(0)) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class QueryLimited(RateLimited):
    """The user asks for other users too often."""


class SlowMode(RateLimited):
    """The room is in slow mode; ``detail`` is how many seconds are left."""


class QuotaExceeded(Refused):
    """The tenant has as many users or rooms as it may."""


class TooManyRooms(QuotaExceeded):
    """The user owns as many live rooms as one user may; ``rooms`` are they, the oldest first."""

    def __init__(self, rooms: Sequence[RoomId] = ()) -> None:
        super().__init__(f"at most {len(rooms)} live rooms of one owner")
        self.rooms = rooms


class NotInRoom(Refused):
    """The caller is not a member of the room."""


class DeviceRefused(Refused):
    """The user is connected in another session, and the operator allows one at a time."""


class NotOffered(Refused):
    """A declared method that this installation does not offer."""


class UnknownPath(Refused):
    """A path that no client knows."""


class Maintenance(Refused):
    """The operator has switched the service to maintenance."""


class Unavailable(Failure):
    """Something that the service depends on does not answer."""


class LiveUnavailable(Unavailable):
    """The live store (memory or Redis) cannot answer now."""


class DatabaseUnavailable(Unavailable):
    """The SQL database cannot answer now, or refused a statement."""


class ProviderUnavailable(Unavailable):
    """A service of somebody else's that this one uses does not answer, or refuses."""


class ProviderNonsense(ProviderUnavailable):
    """A service of somebody else's answered what its documentation does not say."""


class SmsFailed(Unavailable):
    """A text message could not be sent."""


class EmailFailed(Unavailable):
    """An e-mail could not be sent."""


class KeyMissing(Unavailable):
    """What the database holds was sealed with a key that is not configured; the operator puts the old secret back."""
