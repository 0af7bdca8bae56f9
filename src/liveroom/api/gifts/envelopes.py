"""``envelopes/*``: coins in a room that its members grab."""

from datetime import timedelta
from typing import Annotated, Final

from liveroom.api.choices import read_choice
from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.gifts.envelope_shapes import (
    EnvelopeDraw,
    EnvelopeObject,
    GrabbedObject,
    SentEnvelopeObject,
    envelope_draw,
    envelope_object,
    grabbed_object,
)
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.envelopes.draw import Split
from liveroom.domain.envelopes.model import EnvelopeAudience, EnvelopeTerms
from liveroom.domain.ids import RoomId
from liveroom.domain.ledger.accounts import AMOUNT_MAX
from liveroom.domain.ledger.journals import read_key
from liveroom.usecases.envelopes.filling import FilledEnvelope
from liveroom.usecases.envelopes.grabbing import EnvelopeGrabs
from liveroom.usecases.envelopes.listing import EnvelopeLists
from liveroom.usecases.envelopes.sending import Envelopes

PAGE_MAX: Final = 100
Short = Annotated[str, Text(16)]
SENDING: Final = (
    Code.RoomNotExists,
    Code.GiftNotOffered,
    Code.QuotaExceeded,
    Code.KeyReused,
    Code.TooManyEnvelopes,
    Code.PermissionDenied,
)


class EnvelopeRequest(Request):
    """The terms of an envelope."""

    room_id: Id
    coins: Annotated[int, Whole(1, AMOUNT_MAX)]
    parts: Annotated[int, Whole(1, 100)]
    key: Annotated[str, Text(64)]
    split: Short = Split.RANDOM.value
    audience: Short = EnvelopeAudience.EVERYONE.value
    opens_in: Annotated[int, Whole(0, 300)] = 0
    lasts: Annotated[int, Whole(5, 300)] = 120

    @property
    def terms(self) -> EnvelopeTerms:
        """Return them. Raises ``BadRequest``."""
        return EnvelopeTerms(
            coins=self.coins,
            parts=self.parts,
            split=read_choice("split", self.split, Split),
            audience=read_choice("audience", self.audience, EnvelopeAudience),
            delay=timedelta(seconds=self.opens_in),
            lasts=timedelta(seconds=self.lasts),
        )


class SendEnvelope(EnvelopeRequest):
    """``coins``: at least one for each of ``parts``, the members who can grab. ``key``: yours, for this envelope and
    all attempts at it; it never lapses. ``split``: ``random`` or ``equal`` parts. ``audience``: who may grab:
    ``everyone`` in the room, who is ``present`` when it is sent, or ``followers`` of the room's owner. ``opensIn`` and
    ``lasts``: seconds.
    """


@method(
    "base/v1/envelopes/send",
    bad_request=Code.RoomQueryParams,
    reply=SentEnvelopeObject,
    codes=(*SENDING, Code.NotInRoom, Code.AdultsOnly, Code.RateLimited, Code.BalanceTooLow, Code.AccountFrozen),
)
async def send(call: SendEnvelope, actor: Actor, envelopes: Envelopes) -> SentEnvelopeObject:
    """Put coins that the caller has bought into a room, once for each key: repeat a call that broke off with it.

    The room receives ``envelope.sent``, with a commitment to the draw. What nobody has grabbed comes back. Too few
    coins (3051) is final for the key. A room has at most three at once: 3081. Only hosts may, unless
    ``LIVEROOM_ENVELOPES`` is ``everyone``: 3000.
    """
    return filled_object(await envelopes.send(actor, RoomId(call.room_id), call.terms, read_key(call.key)))


class OneEnvelope(Request):
    """The envelope."""

    envelope_id: Id


@method(
    "base/v1/envelopes/grab",
    bad_request=Code.RoomQueryParams,
    reply=GrabbedObject,
    codes=(
        Code.EnvelopeNotExists,
        Code.EnvelopeNotOpen,
        Code.EnvelopeOver,
        Code.NotEligible,
        Code.AdultsOnly,
        Code.NotInRoom,
        Code.RateLimited,
        Code.AccountFrozen,
        Code.QuotaExceeded,
    ),
)
async def grab(call: OneEnvelope, actor: Actor, envelope_grabs: EnvelopeGrabs) -> GrabbedObject:
    """Grab a part of an envelope, as a member of its room. It costs nothing; the caller gets promotional coins.

    Each user gets one part: a second call answers the same. Not open yet: 3078, and ``retryAfter``; all parts gone, its
    time over or cancelled: 3079; for others than the caller: 3080.
    """
    return grabbed_object(await envelope_grabs.grab(actor, call.envelope_id))


class EnvelopesOfRoom(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/envelopes/list",
    bad_request=Code.RoomQueryParams,
    reply=list[EnvelopeObject],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def list_envelopes(call: EnvelopesOfRoom, actor: Actor, envelope_lists: EnvelopeLists) -> Page:
    """List the envelopes of the running broadcast, newest first, to members of the room."""
    room = RoomId(call.room_id)
    found, cursor = await envelope_lists.in_room(actor, room, cursor=call.cursor, limit=call.limit)
    now = envelope_lists.now()
    return Page.of([envelope_object(listed, now) for listed in found], cursor)


@method(
    "base/v1/envelopes/get",
    bad_request=Code.RoomQueryParams,
    reply=EnvelopeDraw,
    codes=(Code.EnvelopeNotExists, Code.NotInRoom),
)
async def get(call: OneEnvelope, actor: Actor, envelope_lists: EnvelopeLists) -> EnvelopeDraw:
    """Return an envelope with who has got what, to members of its room; to its sender and winners also later.

    Once it is over it has the seed: docs/envelopes.md says how to check the draw.
    """
    return envelope_draw(await envelope_lists.get(actor, call.envelope_id), envelope_lists.now())


def filled_object(filled: FilledEnvelope) -> SentEnvelopeObject:
    """Return what came of sending one."""
    envelope = filled.envelope
    return SentEnvelopeObject(
        envelope_id=envelope.id,
        commitment=envelope.draw.commitment,
        balance=filled.balance,
        repeated=filled.is_repeated,
    )
