"""``admin/*`` about reasons: why something is done to people, in both languages."""

import re
from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Nothing, Request, Text
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.moderation.reasons import FIRST, REASON_ID_MAX, TEXT_MAX, TITLE_MAX, Reason
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.moderation.reasons import Reasons

_ID = re.compile(r"[a-z][a-z0-9_]*")
_Id = Annotated[str, Text(REASON_ID_MAX)]
_Title = Annotated[str, Text(TITLE_MAX)]
_Text = Annotated[str, Text(TEXT_MAX)]


class ReasonRow(Shape):
    """A reason. Titles are a few words, texts are sentences to the user."""

    reason_id: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    built_in: bool
    """One of those that every tenant begins with, as it is or changed."""


@method(
    "base/v1/admin/list_reasons",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.view",
    reply=list[ReasonRow],
    data=Data.LIST,
)
async def list_reasons(_: Nothing, operator: Operator, reasons: Reasons) -> Page:
    """List the reasons that statements can have: at first ``spam``, ``harassment``, ``nudity``, ``violence``,
    ``minors``, ``fraud`` and ``other``.
    """
    return Page.of([_row(reason) for reason in await reasons.list(operator.tenant.name)])


class PutReason(Request):
    """``reasonId``: small letters, digits and ``_``, beginning with a letter."""

    reason_id: _Id
    title_zh: _Title
    title_en: _Title
    text_zh: _Text = ""
    text_en: _Text = ""


@method(
    "base/v1/admin/put_reason",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.configure",
    reply=ReasonRow,
    codes=(Code.QuotaExceeded,),
)
async def put_reason(call: PutReason, operator: Operator, reasons: Reasons) -> ReasonRow:
    """Add a reason, or replace the one of that id; at most 100 (3005). Statements that were sent stay as they are."""
    if not _ID.fullmatch(call.reason_id):
        raise BadRequest("reasonId: must be small letters, digits and _, beginning with a letter")
    reason = Reason(call.reason_id, call.title_zh, call.title_en, call.text_zh, call.text_en)
    former = await reasons.put(operator.tenant.name, reason)
    operator.change.note({} if former is None else former._asdict(), reason._asdict())
    return _row(reason)


class OneReason(Request):
    """The reason."""

    reason_id: _Id


@method(
    "base/v1/admin/delete_reason",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.configure",
)
async def delete_reason(call: OneReason, operator: Operator, reasons: Reasons) -> None:
    """Take a reason off the list. Not on it: 0."""
    former = await reasons.remove(operator.tenant.name, call.reason_id)
    operator.change.note({} if former is None else former._asdict(), {})


def _row(reason: Reason) -> ReasonRow:
    return ReasonRow(
        reason_id=reason.id,
        title_zh=reason.title_zh,
        title_en=reason.title_en,
        text_zh=reason.text_zh,
        text_en=reason.text_en,
        built_in=reason.id in FIRST,
    )
