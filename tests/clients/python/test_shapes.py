"""The types of liveroom-client are those of docs/openapi.json: no field that is not there, and none of another type."""

import json
import types
from typing import Any, Final, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from liveroom_client import errors, events, shapes
from liveroom_client.calls import _BY_KEY, _REPEATABLE
from liveroom_client.server.messages import WebhookEvent
from tests.docs.pages import ROOT

OPENAPI: Final = json.loads((ROOT / "docs/openapi.json").read_text("utf-8"))
SCHEMAS: Final = OPENAPI["components"]["schemas"]
SHAPES: Final[dict[Any, str]] = {
    shapes.AdminRoom: "AdminRoom",
    shapes.AdminUser: "AdminUser",
    shapes.Battle: "CurrentBattle",
    shapes.BattlingRoom: "BattlingRoom",
    shapes.EnteredRoom: "EnteredRoom",
    shapes.ConnectedHost: "ConnectedHost",
    shapes.ConnectedRooms: "ConnectionState",
    shapes.FoundUser: "FoundUser",
    shapes.GiftTotals: "GiftSums",
    shapes.GivenRole: "GivenRole",
    shapes.IceServer: "Ice",
    shapes.ListNews: "ListNews",
    shapes.ListSnapshot: "ListState",
    shapes.Login: "LoginReply",
    shapes.Member: "ListedUser",
    shapes.Mesh: "Mesh",
    shapes.Message: "MessageObject",
    shapes.Metadata: "KeptMetadata",
    shapes.Options: "Options",
    shapes.PinnedMessage: "Pinned",
    shapes.QuotedMessage: "QuotedMessage",
    shapes.OptionsWithLink: "OptionsWithLink",
    shapes.Restriction: "Verdict",
    shapes.RoomInfo: "RoomObject",
    shapes.RoomSnapshot: "RoomState",
    shapes.RunningRecording: "RunningRecording",
    shapes.Seat: "Seat",
    shapes.SeatList: "SeatList",
    shapes.SeatRequest: "SeatAsked",
    shapes.RoomStream: "StreamInRoom",
    shapes.ShownRoom: "ShownRoom",
    shapes.StreamAddress: "StreamAddress",
    shapes.UserPresence: "UserPresence",
    shapes.WatchedStream: "WatchedStream",
    events.AllSeats: "AllSeats",
    events.AnsweredConnection: "ConnectionAnswered",
    events.ConnectionAsked: "ConnectionAsked",
    events.NewConnection: "ConnectionNews",
    events.NewStreams: "StreamNews",
    events.AnsweredInvitation: "InvitationAnswered",
    events.BattleGuest: "BattleGuest",
    events.BattleInvitation: "BattleInvitation",
    events.BattleScores: "BattleScore",
    events.NewBattle: "BattleNews",
    events.RoomScore: "RoomScore",
    events.RecordingNews: "RecordingNews",
    events.EndedEnvelope: "EndedEnvelope",
    events.EnvelopeProgress: "EnvelopeProgress",
    events.GrabbedPart: "GrabbedPart",
    events.OpenedEnvelope: "OpenedEnvelope",
    events.SentEnvelope: "SentEnvelope",
    events.Invitation: "Invitation",
    events.NewLikes: "NewLikes",
    events.NewMetadata: "NewMetadata",
    events.Notice: "Notice",
    events.OtherGifts: "MoreGifts",
    events.Recalled: "RecalledMessage",
    events.Removal: "Removal",
    events.SeatAnswer: "SeatAnswer",
    events.SentGift: "GiftSent",
    events.SentMessage: "SaidMessage",
    events.Standing: "Standing",
    WebhookEvent: "ToldEvent",
}
OURS: Final = ("state.replaced", "connection")
"""Events that this package adds."""


def schema_of(event: str) -> str:
    """Return the name of the schema whose ``type`` is this."""
    return str(next(name for name, one in SCHEMAS.items() if _names(one) == [event]))


def _names(schema: dict[str, Any]) -> Any:
    return schema.get("properties", {}).get("type", {}).get("enum")


def happenings() -> list[tuple[Any, str]]:
    """Return each type of event with each name that it stands for."""
    kinds = [*get_args(events.RoomEvent), *get_args(events.UserEvent)]
    named = [(kind, name) for kind in kinds for name in get_args(get_type_hints(kind)["type"])]
    return [(kind, name) for kind, name in named if name not in OURS]


CASES: Final = [*SHAPES.items(), *((kind, schema_of(name)) for kind, name in happenings())]


@pytest.mark.parametrize(("kind", "schema"), CASES, ids=lambda case: getattr(case, "__name__", case))
def test_every_field_is_in_the_schema_with_its_type(kind: Any, schema: str) -> None:
    properties, required = SCHEMAS[schema]["properties"], SCHEMAS[schema].get("required", [])
    for name, hint in get_type_hints(kind, include_extras=True).items():
        assert name in properties, f"{schema} has no {name}"
        optional = get_origin(hint) is NotRequired
        assert optional == (name not in required), f"{schema}.{name}"
        assert fits(get_args(hint)[0] if optional else hint, properties[name]), f"{schema}.{name}: {hint}"


def test_every_event_of_a_room_and_of_a_user_has_its_type() -> None:
    known = {schema for _, schema in CASES}
    offered = {ref["$ref"].rpartition("/")[2] for ref in SCHEMAS["RoomEvent"]["oneOf"]}
    missing = offered - known
    assert len(offered) > 20
    assert not missing, f"describe these in events.py: {missing}"
    assert {"SignedOut", "Invited", "Removed", "UserNotice", "Signalled"} <= known


def fits(hint: Any, schema: dict[str, Any]) -> bool:
    """Say whether a value of the schema's is one of the hint's."""
    choices = schema.get("anyOf", schema.get("oneOf"))
    if hint is Any:
        return True
    if choices is not None:
        return all(any(fits(one, choice) for one in get_args(hint) or (hint,)) for choice in choices)
    if get_origin(hint) in (Union, types.UnionType):
        return any(fits(one, schema) for one in get_args(hint))
    return _fits_one(hint, schema)


def _fits_one(hint: Any, schema: dict[str, Any]) -> bool:
    if "$ref" in schema:
        named = SCHEMAS[schema["$ref"].rpartition("/")[2]]
        return is_typeddict(hint) or get_origin(hint) is dict if "properties" in named else fits(hint, named)
    if get_origin(hint) is Literal:
        return set(get_args(hint)) >= set(schema.get("enum", [schema.get("const")]))
    if get_origin(hint) is list:
        return bool(schema["type"] == "array" and fits(get_args(hint)[0], schema["items"]))
    if get_origin(hint) is dict or is_typeddict(hint):
        return bool(schema["type"] == "object")
    simple = {str: "string", int: "integer", bool: "boolean", float: "number", type(None): "null"}
    return simple.get(hint) == schema.get("type")


def test_every_method_that_is_sent_again_exists_and_takes_its_key() -> None:
    paths = {path.removeprefix("/base/v1/") for path in OPENAPI["paths"]}
    assert set(_REPEATABLE) | set(_BY_KEY) <= paths
    for method, key in _BY_KEY.items():
        body = OPENAPI["paths"][f"/base/v1/{method}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert key in SCHEMAS[body["$ref"].rpartition("/")[2]]["properties"]


def test_every_code_of_the_service_has_an_error_of_its_kind() -> None:
    general = {99, 205, 207, 208, 2000, 2001, 2002, 2003, 2005}
    codes = set(SCHEMAS["ErrorCode"]["enum"]) - {0}
    plain = {code for code in codes if type(errors.refused({"errorCode": code})) is errors.Refused}
    assert plain <= general
