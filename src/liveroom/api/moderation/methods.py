"""``moderation/*``: what a room's owner and moderators do to people in it, and admins to people of the tenant."""

from datetime import timedelta
from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Need, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.rooms.roles import OneTarget
from liveroom.api.shapes import INT32_MAX, Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.audit import AuditEntry, shown_actor
from liveroom.domain.moderation.room_access import REASON_MAX, utc_text
from liveroom.domain.payloads import wire_time
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.moderation.reports import BannedOrMuted, Oversight
from liveroom.usecases.moderation.users import RoomModeration, TenantBans

PAGE_MAX = 100
_Seconds = Annotated[int, Whole(0, INT32_MAX)]
_Reason = Annotated[str, Text(REASON_MAX)]
_Limit = Annotated[int, Whole(1, PAGE_MAX)]
_ACTING = (Code.RoomNotExists, Code.PermissionDenied, Code.UserNotExists, Code.RateLimited)


class Verdict(Shape):
    """The outcome of a decision about a user."""

    user_id: str
    until_utc: str
    """Until when it lasts; empty: permanently."""


class HeldUser(Verdict):
    """A banned or muted user."""

    name: str
    avatar: str
    reason: str
    by: str
    """Who changed it last."""


class Mute(OneTarget):
    """``seconds``: for how long; 0 or not given, permanently. ``reason`` is kept, and shown with the mute."""

    seconds: _Seconds = 0
    reason: _Reason = ""


@method(
    "base/v1/moderation/mute",
    bad_request=Code.RoomQueryParams,
    right=Right.MUTE,
    reply=Verdict,
    codes=(*_ACTING, Code.QuotaExceeded),
)
async def mute(call: Mute, actor: Actor, room_moderation: RoomModeration) -> Verdict:
    """Mute a user in the room, in later broadcasts too. Repeated: the new time counts.

    For the owner and moderators, who must outrank the user (3000). The user need not be in the room.
    """
    until = await room_moderation.mute(
        actor, RoomId(call.room_id), UserId(call.target_id), lasts=_span(call.seconds), reason=call.reason
    )
    return Verdict(user_id=call.target_id, until_utc=utc_text(until))


@method(
    "base/v1/moderation/unmute",
    bad_request=Code.RoomQueryParams,
    right=Right.MUTE,
    codes=_ACTING,
)
async def unmute(call: OneTarget, actor: Actor, room_moderation: RoomModeration) -> None:
    """Unmute a user. Not muted: 0."""
    await room_moderation.unmute(actor, RoomId(call.room_id), UserId(call.target_id))


class Kick(OneTarget):
    """``reason`` is kept, and shown to the user."""

    reason: _Reason = ""


@method(
    "base/v1/moderation/kick",
    bad_request=Code.RoomQueryParams,
    right=Right.KICK,
    codes=_ACTING,
)
async def kick(call: Kick, actor: Actor, room_moderation: RoomModeration) -> None:
    """Remove a user from the room and its media, on every device; not in it: 206. They may enter again."""
    await room_moderation.kick(actor, RoomId(call.room_id), UserId(call.target_id), call.reason)


class Ban(Request):
    """Without ``roomId``: from the whole tenant. ``seconds``: for how long; 0 or not given, permanently.

    ``withAddress``, only without ``roomId``: for a day at most, also refuse accounts created from now on from the
    address of the user's last login. Many people may share that address; their accounts are not affected.
    """

    target_id: Id
    room_id: Id | None = None
    seconds: _Seconds = 0
    reason: _Reason = ""
    with_address: bool = False


@method(
    "base/v1/moderation/ban",
    bad_request=Code.RoomQueryParams,
    right=Right.BAN,
    sometimes=(Need(None, "the whole tenant"),),
    reply=Verdict,
    codes=(*_ACTING, Code.QuotaExceeded),
)
async def ban(call: Ban, actor: Actor, room_moderation: RoomModeration, tenant_bans: TenantBans) -> Verdict:
    """Ban a user from the room, in later broadcasts too: entering answers 3002.

    This ends their role and invitation. Without ``roomId`` admins ban from the tenant: every session ends.
    """
    target, lasts = UserId(call.target_id), _span(call.seconds)
    if call.room_id is None:
        until = await tenant_bans.ban(actor, target, lasts=lasts, reason=call.reason, with_address=call.with_address)
    elif call.with_address:
        raise BadRequest("withAddress: only without roomId")
    else:
        until = await room_moderation.ban(actor, RoomId(call.room_id), target, lasts=lasts, reason=call.reason)
    return Verdict(user_id=call.target_id, until_utc=utc_text(until))


class Unban(Request):
    """Without ``roomId``: in the whole tenant."""

    target_id: Id
    room_id: Id | None = None


@method(
    "base/v1/moderation/unban",
    bad_request=Code.RoomQueryParams,
    right=Right.BAN,
    sometimes=(Need(None, "the whole tenant"),),
    codes=_ACTING,
)
async def unban(call: Unban, actor: Actor, room_moderation: RoomModeration, tenant_bans: TenantBans) -> None:
    """Lift a user's ban from the room; without ``roomId``, for admins, from the tenant. Not banned: 0."""
    if call.room_id is None:
        await tenant_bans.unban(actor, UserId(call.target_id))
        return
    await room_moderation.unban(actor, RoomId(call.room_id), UserId(call.target_id))


class ListHeld(OneRoom):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: _Limit = 50


_LISTING = (Code.RoomNotExists, Code.PermissionDenied)


@method(
    "base/v1/moderation/banned",
    bad_request=Code.RoomQueryParams,
    right=Right.OVERSEE,
    reply=list[HeldUser],
    data=Data.LIST,
    codes=_LISTING,
)
async def banned(call: ListHeld, actor: Actor, oversight: Oversight) -> Page:
    """List banned users by id; for the owner, moderators and admins."""
    held, cursor = await oversight.banned(actor, RoomId(call.room_id), cursor=call.cursor, limit=call.limit)
    found = [_held(one, utc_text(one.access.banned_until), one.access.ban_reason) for one in held]
    return Page.of(found, cursor)


@method(
    "base/v1/moderation/muted",
    bad_request=Code.RoomQueryParams,
    right=Right.OVERSEE,
    reply=list[HeldUser],
    data=Data.LIST,
    codes=_LISTING,
)
async def muted(call: ListHeld, actor: Actor, oversight: Oversight) -> Page:
    """List muted users by id; for the owner, moderators and admins."""
    held, cursor = await oversight.muted(actor, RoomId(call.room_id), cursor=call.cursor, limit=call.limit)
    found = [_held(one, utc_text(one.access.muted_until), one.access.mute_reason) for one in held]
    return Page.of(found, cursor)


class AuditRow(Shape):
    """An entry of the audit log."""

    id: str
    time_utc: str
    actor: str
    """``user:<id>``, ``key:<id>`` for the operator's server, or ``cli`` for a command of the operator."""
    action: str
    """The path of the method, or the operator's command."""
    subject: str
    """``user:<id>``, ``room:<id>``, or both."""
    room_id: str
    reason: str


class ListAudit(Request):
    """Without ``roomId``: the whole tenant's, for admins. ``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id | None = None
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/moderation/audit",
    bad_request=Code.RoomQueryParams,
    right=Right.OVERSEE,
    sometimes=(Need(None, "the whole tenant"),),
    reply=list[AuditRow],
    data=Data.LIST,
    codes=_LISTING,
)
async def audit(call: ListAudit, actor: Actor, oversight: Oversight) -> Page:
    """List the audit log: who did what to whom and why, newest first; for the owner, moderators and admins.

    Entries are never changed, and are kept for as long as the operator has configured.
    """
    room = RoomId(call.room_id) if call.room_id else None
    entries, cursor = await oversight.audit(actor, room, cursor=call.cursor, limit=call.limit)
    return Page.of([_row(entry) for entry in entries], cursor)


def _span(seconds: int) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds else None


def _held(held: BannedOrMuted, until: str, reason: str) -> HeldUser:
    access, user = held
    name, avatar = (user.name, user.avatar) if user is not None else ("", "")
    return HeldUser(user_id=access.user, name=name, avatar=avatar, until_utc=until, reason=reason, by=access.updated_by)


def _row(entry: AuditEntry) -> AuditRow:
    return AuditRow(
        id=entry.id,
        time_utc=wire_time(entry.at),
        actor=shown_actor(entry.actor),
        action=entry.action,
        subject=entry.subject,
        room_id=entry.room,
        reason=entry.reason,
    )
