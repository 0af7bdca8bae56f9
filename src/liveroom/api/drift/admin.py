"""``admin/*`` about drift: what differs between this service and its providers, and what every place says of a room."""

from typing import Annotated

from liveroom.api.choices import read_choice
from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.drift.shapes import ComparedSource, DriftObject, SourceOfRoom, compared_source, drift_object, says
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.drift.model import DriftSource
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.drift.explaining import Explanations
from liveroom.usecases.drift.showing import DriftReports

_Source = Annotated[str, Text(16)]


class ListDrift(Request):
    """``source``: ``live`` (SQL against the live store), ``livekit``, ``trtc``, ``im``, ``streams`` or ``recordings``;
    all of them by default. ``after``: the ``driftId`` of the last one that was shown, for those behind it.
    """

    source: _Source = ""
    after: Id = ""
    limit: Annotated[int, Whole(1, 500)] = 100


class DriftReply(Shape):
    """What differs."""

    sources: list[ComparedSource]
    """Those that were compared, with what came of it last."""
    differences: list[DriftObject]
    more: bool
    """There are others behind these."""


@method(
    "base/v1/admin/drift",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="system.view",
    reply=DriftReply,
)
async def drift(call: ListDrift, operator: Operator, reports: DriftReports) -> DriftReply:
    """List what differs between SQL, the live store and the providers, what is done about it, and when each was
    compared.

    A source that is ``held`` differs in more than a fifth of what it has, and in 50 things at least: nothing is
    repaired there before `admin/allow_repair`.
    """
    source = read_choice("source", call.source, DriftSource) if call.source else None
    found, is_more = await reports.page(source, after=call.after, limit=call.limit)
    rounds = [round for round in await reports.rounds() if source in (None, round.source)]
    return DriftReply(
        sources=[compared_source(round) for round in rounds],
        differences=[drift_object(one) for one in found],
        more=is_more,
    )


class AllowRepair(Request):
    """``source``: as in `admin/drift`."""

    source: _Source


@method(
    "base/v1/admin/allow_repair",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="system.repair",
    confirms=True,
    reply=ComparedSource,
)
async def allow_repair(call: AllowRepair, operator: Operator, reports: DriftReports) -> ComparedSource:
    """Let everything that differs at a source be repaired in the next 15 minutes, however much it is.

    Look at what differs first: a provider that lists nothing, or another application's things, is as likely.
    """
    round = await reports.allow(read_choice("source", call.source, DriftSource), operator.actor)
    shown = compared_source(round)
    operator.change.note({}, {"source": shown.source, "until": shown.allowed_until_utc})
    return shown


class ExplainRoom(Request):
    """The room."""

    room_id: Id


class RoomExplanation(Shape):
    """What every place says of the room."""

    says: list[SourceOfRoom]
    differences: list[DriftObject]
    """What differs about it now."""
    checked: list[ComparedSource]
    """When it is looked at again."""


@method(
    "base/v1/admin/explain_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="presence.view",
    reply=RoomExplanation,
    codes=(Code.RoomNotExists,),
)
async def explain_room(call: ExplainRoom, operator: Operator, explanations: Explanations) -> RoomExplanation:
    """Explain a room: what each place says of it, since when, what differs, and when that is looked at again."""
    found = await explanations.of_room(operator.tenant, call.room_id)
    return RoomExplanation(
        says=[says(one) for one in found.says],
        differences=[drift_object(one) for one in found.differences],
        checked=[compared_source(round) for round in found.rounds],
    )


class ExplainUserDrift(Request):
    """The user."""

    user_id: Id


class UserDrift(Shape):
    """What differs about a user, beside what `admin/explain_presence` says."""

    differences: list[DriftObject]
    checked: list[ComparedSource]
    """When it is looked at again."""


@method(
    "base/v1/admin/explain_user_drift",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="presence.view",
    reply=UserDrift,
    codes=(Code.UserNotExists,),
)
async def explain_user_drift(call: ExplainUserDrift, operator: Operator, explanations: Explanations) -> UserDrift:
    """Return what differs about a user between this service and its providers, and when that is looked at again."""
    found = await explanations.of_person(operator.tenant, call.user_id)
    return UserDrift(
        differences=[drift_object(one) for one in found.differences],
        checked=[compared_source(round) for round in found.rounds],
    )
