"""``admin/*`` about red envelopes: the operator sends them, sees all, and ends one."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.gifts.envelope_shapes import (
    EnvelopeDraw,
    EnvelopeObject,
    SentEnvelopeObject,
    envelope_draw,
    envelope_object,
)
from liveroom.api.gifts.envelopes import PAGE_MAX, SENDING, EnvelopeRequest, OneEnvelope, filled_object
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.domain.ids import RoomId
from liveroom.domain.ledger.journals import read_key
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.envelopes.ending import EnvelopeEndings
from liveroom.usecases.envelopes.listing import EnvelopeLists
from liveroom.usecases.envelopes.sending import AdminEnvelopes


class AdminSendEnvelope(EnvelopeRequest):
    """The terms are those of ``envelopes/send``. ``reason``: for other operators."""

    reason: Annotated[str, Text(500)] = ""


@method(
    "base/v1/admin/send_envelope",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.credit",
    needs="envelopes",
    reply=SentEnvelopeObject,
    codes=(*SENDING, Code.ApprovalRequired, Code.AccountFrozen),
)
async def send_envelope(
    call: AdminSendEnvelope, operator: Operator, admin_envelopes: AdminEnvelopes
) -> SentEnvelopeObject:
    """Put coins of the operator's into a room, as ``envelopes/send`` does, once for each key.

    They count towards the limits of grants: above them 3054, as with ``admin/credit_wallet``. What nobody has grabbed
    goes back to the grants. ``balance`` is 0.
    """
    room, terms, key = RoomId(call.room_id), call.terms, read_key(call.key)
    filled = await admin_envelopes.send(operator, room, terms, key, call.reason)
    if not filled.is_repeated:
        facts = {"envelope": filled.envelope.id, "room": room, "coins": terms.coins, "parts": terms.parts}
        operator.change.note({}, {**facts, "reason": call.reason})
    return filled_object(filled)


class CancelEnvelope(OneEnvelope):
    """``reason``: for other operators."""

    reason: Annotated[str, Text(500)]


@method(
    "base/v1/admin/cancel_envelope",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.credit",
    needs="envelopes",
    reply=EnvelopeDraw,
    codes=(Code.EnvelopeNotExists, Code.EnvelopeOver),
)
async def cancel_envelope(
    call: CancelEnvelope, operator: Operator, envelope_endings: EnvelopeEndings, envelope_lists: EnvelopeLists
) -> EnvelopeDraw:
    """End an envelope now. What was grabbed stays so, the rest goes back. The room receives ``envelope.ended``."""
    ended = await envelope_endings.cancel(operator.tenant.name, call.envelope_id)
    facts = {"envelope": ended.id, "room": ended.room, "rest": ended.rest, "reason": call.reason}
    operator.change.note({}, facts)
    return envelope_draw(await envelope_lists.of(operator.tenant.name, ended.id), envelope_lists.now())


class ListEnvelopes(Request):
    """``roomId``: only those of this room. ``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id = ""
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/admin/list_envelopes",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.view",
    needs="envelopes",
    reply=list[EnvelopeObject],
    data=Data.LIST,
)
async def list_envelopes(call: ListEnvelopes, operator: Operator, envelope_lists: EnvelopeLists) -> Page:
    """List the tenant's envelopes, newest first."""
    tenant, room = operator.tenant.name, RoomId(call.room_id) if call.room_id else None
    found, cursor = await envelope_lists.of_tenant(tenant, room, cursor=call.cursor, limit=call.limit)
    now = envelope_lists.now()
    return Page.of([envelope_object(listed, now) for listed in found], cursor)


@method(
    "base/v1/admin/get_envelope",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.view",
    needs="envelopes",
    reply=EnvelopeDraw,
    codes=(Code.EnvelopeNotExists,),
)
async def get_envelope(call: OneEnvelope, operator: Operator, envelope_lists: EnvelopeLists) -> EnvelopeDraw:
    """Return an envelope with who has got what."""
    return envelope_draw(await envelope_lists.of(operator.tenant.name, call.envelope_id), envelope_lists.now())
