"""The schemas of events: one for each kind, what is sent is of them, and every page shows them."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from liveroom.api.events.rooms import RoomNews, room_news
from liveroom.api.methods import METHODS
from liveroom.api.rooms.feeds import ListNews, ListState, write_change, write_snapshot
from liveroom.api.shapes import finish_card, room_card
from liveroom.domain.events.model import Counts, Event, EventKind, MemberSummary, Publication, cause_of
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, UserId
from liveroom.domain.payloads import Payload
from liveroom.domain.presence.members import LeaveReason, Role
from liveroom.domain.rooms.feeds import Card, Change, Count
from liveroom.domain.rooms.model import CloseReason, LiveRoom, Room, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.http.events import MESSAGES, ROOM_EVENTS, USER_EVENTS, events_markdown
from liveroom.http.openapi import make_openapi
from liveroom.http.reference import make_page
from liveroom.http.schemas import field_notes
from tests.announced import NOTICE, SAID

NOW = datetime(2026, 3, 1, 9, 5, 7, 123_000, tzinfo=UTC)
ANN = UserId("40000001")
GUEST = MemberSummary(ANN, "安", "a.png", Role.ANCHOR)
ROOM = Room(RoomId("40000003"), DEFAULT_TENANT, ANN, ANN, RoomStatus.LIVE, ANN, ANN, NOW, NOW, BroadcastId("b"))
LIVE = LiveRoom(
    ROOM.id,
    DEFAULT_TENANT,
    ANN,
    ANN,
    BroadcastId("b"),
    category="show",
    opened=NOW,
    card=room_card(ROOM, Tenant(DEFAULT_TENANT)),
    hidden=False,
    members=2,
    joined=3,
    version=1,
)
REASONS = {EventKind.MEMBER_LEFT: LeaveReason.ELSEWHERE, EventKind.ROOM_CLOSED: CloseReason.OWNER_GONE}
CARD = Card(ROOM.id, NOW, finish_card(LIVE).partition(b',"nnUsers":')[0], members=2, joined=3)


def kinds(shapes: tuple[type[Payload], ...]) -> list[str]:
    return [str(shape.__struct_config__.tag) for shape in shapes]


def sent_as(data: bytes, shape: type[Payload]) -> Any:
    """Return what was sent, which is exactly of this shape."""
    again = msgspec.json.encode(msgspec.json.decode(data, type=shape))
    assert json.loads(again) == json.loads(data)
    return json.loads(data)


def test_each_kind_of_event_has_one_schema() -> None:
    assert sorted(kinds(ROOM_EVENTS + USER_EVENTS)) == sorted(EventKind)


def test_the_document_has_the_schemas_of_all_that_channels_carry() -> None:
    schemas = make_openapi(METHODS)["components"]["schemas"]
    assert {shape.__name__ for shape in (*MESSAGES, *ROOM_EVENTS)} <= set(schemas)
    left = schemas["MemberLeft"]["properties"]
    assert left["type"]["enum"] == ["member.left"]
    assert left["reason"]["enum"] == list(LeaveReason)
    assert "UTC" in left["time"]["description"]


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind.startswith(("room.", "member.", "gift."))])
def test_what_is_sent_is_of_the_schema_of_its_kind(kind: EventKind) -> None:
    reason = REASONS.get(kind, "")
    counts = Counts(2, 3, (GUEST,))
    data = SAID.get(kind, NOTICE)
    event = Event(kind, 7, NOW, cause_of(kind, reason), None, reason, GUEST, LIVE, counts, data)
    received = sent_as(room_news("epoch", Publication(4, NOW, (event,), ())), RoomNews)
    assert (received["seq"], received["events"][0]["type"]) == (7, kind)


def test_what_lists_send_is_of_their_schemas() -> None:
    change = Change(5, (RoomId("40000002"),), (CARD,), (Count(RoomId("40000004"), 1, 2),))
    assert sent_as(write_change(change), ListNews)["nn"] == {"40000004": [1, 2]}
    assert sent_as(write_snapshot(5, [CARD]), ListState)["rooms"][0]["nnUsers"] == 2


def test_a_field_is_explained_by_the_sentence_under_it_also_where_it_is_inherited() -> None:
    class Hidden(RoomNews):
        pass

    assert field_notes(Hidden)["seq"] == "The ``seq`` of its last event."
    assert field_notes(ListNews)["del"] == "Rooms no longer in the list."


def test_both_pages_name_every_kind() -> None:
    markdown, page = events_markdown(), make_page(METHODS)
    assert all(f"### {kind}\n" in markdown and f"<code>{kind}</code>" in page for kind in EventKind)


def test_what_an_event_says_in_data_is_told_field_by_field_with_its_type() -> None:
    page = events_markdown()
    assert "| `data.userId` | text | Its author; empty for a notice from the operator. |" in page
    assert "| `data.invited` | true or false |" in page
    assert "| `data.data` | any JSON |" in page
    assert "| `data.seats` | list of [seats](#a-seat) |" in page
    assert "| `audioMuted` | true or false |" in page
    assert "| `seats.requests` | list of [requests](#a-request-for-a-seat) |" in page
