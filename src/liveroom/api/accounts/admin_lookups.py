"""``admin/*`` that look users up: by id, name or contact, with their sessions, stays and bans."""

from typing import Annotated, Final

from liveroom.api.accounts.admin import AdminUser, admin_user
from liveroom.api.admin_requests import OneUser
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.presence.methods import SourceOfLife, source_of_life
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.contacts import EMAIL_MAX
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.moderation.room_access import utc_text
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import time_or_empty, wire_time
from liveroom.domain.presence.members import Stay
from liveroom.usecases.accounts.records import SeenSession, UserRecords
from liveroom.usecases.accounts.searching import UserSearch

_Limit = Annotated[int, Whole(1, 100)]
_Cursor = Annotated[str, Text(128)]
_MOST: Final = 4
"""Digits of a search's cursor."""


class FindUsers(Request):
    """``text``: an id, a username, a phone number, an e-mail address, or words of the name, each the beginning of a
    word (in Chinese: any part). ``cursor``: the ``nextCursor`` of the previous page.
    """

    text: Annotated[str, Text(EMAIL_MAX)]
    cursor: Annotated[str, Text(_MOST)] = ""
    limit: _Limit = 20


@method(
    "base/v1/admin/search_users",
    bad_request=Code.UserQueryParams,
    who=Who.KEY,
    permission="users.view",
    reply=list[AdminUser],
    data=Data.LIST,
)
async def search_users(call: FindUsers, operator: Operator, user_search: UserSearch) -> Page:
    """Find users: first those whose id, username, phone or e-mail the text is, then by name; at most 200.

    A new name is found within two seconds.
    """
    if call.cursor and not (call.cursor.isascii() and call.cursor.isdigit()):
        raise BadRequest("cursor: invalid")
    offset = int(call.cursor or 0)
    found, is_more = await user_search.find(operator.tenant.name, call.text, offset=offset, limit=call.limit)
    return Page.of([admin_user(user, operator) for user in found], str(offset + call.limit) if is_more else "")


class AdminSession(Shape):
    """A session of a user: one login."""

    session_id: str
    tag: str
    """As the login named its app or device."""
    create_utc: str
    end_utc: str
    """Empty while it goes on."""
    reason: str
    """Why it ended: ``logout``, ``deleted``, ``banned`` or ``replaced``; empty while it goes on."""
    sources: list[SourceOfLife]
    """What vouches for it now: its socket, its calls. Empty: nobody uses it."""


@method(
    "base/v1/admin/user_sessions",
    bad_request=Code.UserQueryParams,
    who=Who.KEY,
    permission="users.view",
    reply=list[AdminSession],
    data=Data.LIST,
    codes=(Code.UserNotExists,),
)
async def user_sessions(call: OneUser, operator: Operator, records: UserRecords) -> list[AdminSession]:
    """List a user's sessions, at most 100: those that go on, newest first, then those that ended within 31 days."""
    found = await records.sessions(operator.tenant.name, UserId(call.user_id))
    return [_session(one) for one in found]


class EndUserSession(OneUser):
    """The session."""

    session_id: Id


class SessionOutcome(Shape):
    """The outcome."""

    ended: bool
    """Whether the session was going on until now."""


@method(
    "base/v1/admin/end_session",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="tokens.revoke",
    reply=SessionOutcome,
    codes=(Code.UserNotExists,),
)
async def end_session(call: EndUserSession, operator: Operator, records: UserRecords) -> SessionOutcome:
    """End one session of a user within a second: its token becomes invalid, its socket closes, its rooms are left.

    ``revoke_tokens`` ends all of them.
    """
    ended = await records.end_session(operator, UserId(call.user_id), SessionId(call.session_id))
    return SessionOutcome(ended=ended)


class AdminStay(Shape):
    """One stay of a user in a room, from entering to leaving."""

    stay_id: str
    room_id: str
    broadcast_id: str
    role: str
    """``owner``, ``anchor`` or ``audience``."""
    enter_utc: str
    leave_utc: str
    """Empty while they are in the room."""
    seconds: int
    """How long it lasted, or has lasted."""
    reason: str
    """Why they left: ``left``, ``lost``, ``kicked``, ``closed`` or ``elsewhere``; empty while they are in the room."""
    seat: int
    """The seat that they had last, from 1; 0: none."""


class PageOfUser(OneUser):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: _Cursor = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/user_stays",
    bad_request=Code.UserQueryParams,
    who=Who.KEY,
    permission="users.view",
    reply=list[AdminStay],
    data=Data.LIST,
    codes=(Code.UserNotExists,),
)
async def user_stays(call: PageOfUser, operator: Operator, records: UserRecords) -> Page:
    """List in which rooms a user was and is, newest first."""
    found, cursor = await records.stays(
        operator.tenant.name, UserId(call.user_id), cursor=call.cursor, limit=call.limit
    )
    return Page.of([_stay(stay, operator) for stay in found], cursor)


class RoomHold(Shape):
    """A room from which a user is banned, or in which they are muted."""

    room_id: str
    banned: bool
    banned_until: str
    """Empty: permanently, or not at all."""
    ban_reason: str
    muted: bool
    muted_until: str
    """Likewise."""
    mute_reason: str
    by: str
    """Who changed it last; empty: the operator."""


class UserBans(Shape):
    """What keeps a user out, or silent."""

    banned: bool
    """From the whole tenant."""
    banned_until: str
    """In the year 9999: permanently. Empty if not banned."""
    ban_reason: str
    rooms: list[RoomHold]
    """At most 500."""


@method(
    "base/v1/admin/user_bans",
    bad_request=Code.UserQueryParams,
    who=Who.KEY,
    permission="users.view",
    reply=UserBans,
    codes=(Code.UserNotExists,),
)
async def user_bans(call: OneUser, operator: Operator, records: UserRecords) -> UserBans:
    """Return a user's bans: from the tenant, and from rooms; and the rooms in which they are muted."""
    user, rooms = await records.holds(operator.tenant.name, UserId(call.user_id))
    is_banned, now = user.is_banned(operator.now), operator.now
    return UserBans(
        banned=is_banned,
        banned_until=wire_time(user.banned_until) if user.banned_until is not None and is_banned else "",
        ban_reason=user.ban_reason if is_banned else "",
        rooms=[
            RoomHold(
                room_id=access.room,
                banned=access.is_banned(now),
                banned_until=utc_text(access.banned_until) if access.is_banned(now) else "",
                ban_reason=access.ban_reason if access.is_banned(now) else "",
                muted=access.is_muted(now),
                muted_until=utc_text(access.muted_until) if access.is_muted(now) else "",
                mute_reason=access.mute_reason if access.is_muted(now) else "",
                by=access.updated_by,
            )
            for access in rooms
        ],
    )


def _session(seen: SeenSession) -> AdminSession:
    session = seen.session
    return AdminSession(
        session_id=session.id,
        tag=session.tag,
        create_utc=wire_time(session.created),
        end_utc=time_or_empty(session.ended),
        reason=session.end or "",
        sources=[source_of_life(source) for source in seen.sources],
    )


def _stay(stay: Stay, operator: Operator) -> AdminStay:
    return AdminStay(
        stay_id=stay.id,
        room_id=stay.room,
        broadcast_id=stay.broadcast,
        role=stay.role,
        enter_utc=wire_time(stay.entered),
        leave_utc=time_or_empty(stay.left),
        seconds=max(0, int(((stay.left or operator.now) - stay.entered).total_seconds())),
        reason=stay.reason or "",
        seat=stay.seat,
    )
