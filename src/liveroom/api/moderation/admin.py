"""``admin/*`` that do something to people in rooms, warn them, and keep notes on them."""

from datetime import timedelta
from typing import Annotated

from liveroom.api.admin_requests import OneUser
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.moderation.methods import Verdict
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.shapes import INT32_MAX, Shape
from liveroom.domain.accounts.notes import TEXT_MAX, Note, NoteId
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import REASON_MAX, utc_text
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.usecases.moderation.users import RoomModeration
from liveroom.usecases.moderation.warnings import GivenWarning, UserNotes, UserWarnings

_Text = Annotated[str, Text(TEXT_MAX)]
_ACTING = (Code.RoomNotExists, Code.UserNotExists)


class UserInRoom(OneRoom):
    """The user and the room."""

    user_id: Id


class HoldUser(UserInRoom):
    """``seconds``: for how long; 0 or not given, permanently. ``reason`` is kept, and shown to the user."""

    seconds: Annotated[int, Whole(0, INT32_MAX)] = 0
    reason: Annotated[str, Text(REASON_MAX)] = ""

    @property
    def lasts(self) -> timedelta | None:
        return timedelta(seconds=self.seconds) if self.seconds else None


@method(
    "base/v1/admin/mute_user",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=Verdict,
    codes=(*_ACTING, Code.QuotaExceeded),
)
async def mute_user(call: HoldUser, operator: Operator, room_moderation: RoomModeration) -> Verdict:
    """Mute a user in a live or reserved room, in later broadcasts too. Repeated: the new time counts."""
    room, user = RoomId(call.room_id), UserId(call.user_id)
    until = await room_moderation.mute(operator, room, user, lasts=call.lasts, reason=call.reason)
    return Verdict(user_id=user, until_utc=utc_text(until))


@method(
    "base/v1/admin/unmute_user",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    codes=_ACTING,
)
async def unmute_user(call: UserInRoom, operator: Operator, room_moderation: RoomModeration) -> None:
    """Unmute a user in a room. Not muted: 0."""
    await room_moderation.unmute(operator, RoomId(call.room_id), UserId(call.user_id))


@method(
    "base/v1/admin/ban_from_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=Verdict,
    codes=(*_ACTING, Code.PermissionDenied, Code.QuotaExceeded),
)
async def ban_from_room(call: HoldUser, operator: Operator, room_moderation: RoomModeration) -> Verdict:
    """Ban a user from a live or reserved room, in later broadcasts too: they leave it, and entering answers 3002.

    This ends their role and invitation. Whoever holds the room's id: 3000; close the room instead.
    """
    room, user = RoomId(call.room_id), UserId(call.user_id)
    until = await room_moderation.ban(operator, room, user, lasts=call.lasts, reason=call.reason)
    return Verdict(user_id=user, until_utc=utc_text(until))


@method(
    "base/v1/admin/unban_from_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    codes=_ACTING,
)
async def unban_from_room(call: UserInRoom, operator: Operator, room_moderation: RoomModeration) -> None:
    """Lift a user's ban from a room. Not banned: 0."""
    await room_moderation.unban(operator, RoomId(call.room_id), UserId(call.user_id))


class WarningRow(Shape):
    """A warning that was given: a statement of reasons, as ``admin/list_statements`` has it too."""

    statement_id: str
    user_id: str
    room_id: str
    """The room that it is about; empty: none."""
    text: str
    time_utc: str
    count: int
    """How many warnings the user has had, this one included."""


class WarnUser(OneUser):
    """``text``: why, for the user. ``roomId``: the room that it is about."""

    text: _Text
    room_id: Id | None = None


@method(
    "base/v1/admin/warn_user",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="users.moderate",
    reply=WarningRow,
    codes=_ACTING,
)
async def warn_user(call: WarnUser, operator: Operator, user_warnings: UserWarnings) -> WarningRow:
    """Warn a user: a statement of reasons with the measure ``warn``, told by ``user.statement``, for webhooks
    ``user.warned``.

    The user reads it in ``moderation/statements``, and can appeal.
    """
    room = RoomId(call.room_id) if call.room_id is not None else None
    return _warning(await user_warnings.warn_user(operator, UserId(call.user_id), call.text, room))


class WarnRoom(OneRoom):
    """``text``: why, for the room's owner."""

    text: _Text


@method(
    "base/v1/admin/warn_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=WarningRow,
    codes=_ACTING,
)
async def warn_room(call: WarnRoom, operator: Operator, user_warnings: UserWarnings) -> WarningRow:
    """Warn the owner of a live room, as ``warn_user`` does; its members are told nothing. A closed room: 2004."""
    return _warning(await user_warnings.warn_room(operator, RoomId(call.room_id), call.text))


class NoteRow(Shape):
    """A note of an operator on a user."""

    note_id: str
    user_id: str
    text: str
    by: str
    """``operator:<id>``, or ``key:<id>`` for the operator's server."""
    time_utc: str


class ListNotes(OneUser):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: Annotated[int, Whole(1, 100)] = 50


@method(
    "base/v1/admin/list_notes",
    bad_request=Code.UserQueryParams,
    who=Who.KEY,
    permission="users.view",
    reply=list[NoteRow],
    data=Data.LIST,
    codes=(Code.UserNotExists,),
)
async def list_notes(call: ListNotes, operator: Operator, user_notes: UserNotes) -> Page:
    """List operators' notes on a user, newest first; the user never sees them."""
    found, cursor = await user_notes.page(
        operator.tenant.name, UserId(call.user_id), cursor=call.cursor, limit=call.limit
    )
    return Page.of([_note(note) for note in found], cursor)


class AddNote(OneUser):
    """The note."""

    text: _Text


@method(
    "base/v1/admin/add_note",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="users.note",
    reply=NoteRow,
    codes=(Code.UserNotExists,),
)
async def add_note(call: AddNote, operator: Operator, user_notes: UserNotes) -> NoteRow:
    """Write a note on a user, for other operators. It is kept until it is deleted, or the user is."""
    return _note(await user_notes.add(operator, UserId(call.user_id), call.text))


class DeleteNote(Request):
    """The note."""

    note_id: Id


class DeletedNote(Shape):
    """The outcome."""

    deleted: bool
    """Whether there was such a note."""


@method(
    "base/v1/admin/delete_note",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="users.note",
    reply=DeletedNote,
)
async def delete_note(call: DeleteNote, operator: Operator, user_notes: UserNotes) -> DeletedNote:
    """Delete a note, whoever wrote it. There is none: 0, ``deleted`` false."""
    return DeletedNote(deleted=await user_notes.delete(operator, NoteId(call.note_id)))


def _note(note: Note) -> NoteRow:
    return NoteRow(note_id=note.id, user_id=note.user, text=note.text, by=note.by, time_utc=wire_time(note.at))


def _warning(given: GivenWarning) -> WarningRow:
    one, total = given
    return WarningRow(
        statement_id=one.id,
        user_id=one.user,
        room_id=one.room,
        text=one.words,
        time_utc=wire_time(one.at),
        count=total,
    )
