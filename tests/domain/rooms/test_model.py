"""Rooms: what a change changes, and what a fresh broadcast keeps of the former one (nothing)."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, UserId
from liveroom.domain.rooms.model import Room, RoomChanges, RoomStatus, open_again

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HOST, HEIR = UserId("40000001"), UserId("40000002")
ROOM = Room(
    id=RoomId("40000001"),
    tenant=DEFAULT_TENANT,
    holder=HOST,
    owner=HOST,
    state=RoomStatus.LIVE,
    created_by=HOST,
    updated_by=HOST,
    opened=NOW,
    updated=NOW,
    broadcast=BroadcastId("first"),
    category="ktv",
    title="唱歌",
    cover="https://example.com/c.png",
    subject="老歌",
    description="每晚 8 点",
    capacity=50,
    kind="TIMER_ROOM",
    star=3,
    rev=7,
)
TOUCHED: dict[str, Any] = {"updated_by": HEIR, "updated": LATER, "rev": 8}


@pytest.mark.parametrize("name", ["title", "cover", "subject", "description"])
@pytest.mark.parametrize("text", ["新 😀", ""])
def test_a_text_is_changed_or_emptied_and_all_others_stay(name: str, text: str) -> None:
    given: dict[str, Any] = {name: text}
    assert RoomChanges(**given).apply(ROOM, by=HEIR, now=LATER) == replace(ROOM, **given, **TOUCHED)


def test_a_capacity_of_zero_is_a_value() -> None:
    changed = RoomChanges(capacity=0).apply(ROOM, by=HEIR, now=LATER)
    assert changed == replace(ROOM, capacity=0, **TOUCHED)


def test_a_category_is_changed_and_never_emptied() -> None:
    assert RoomChanges(category="chorus").apply(ROOM, by=HEIR, now=LATER).category == "chorus"
    assert RoomChanges(category="").apply(ROOM, by=HEIR, now=LATER).category == "ktv"


def test_no_change_is_still_a_change_of_time_and_revision() -> None:
    assert RoomChanges().apply(ROOM, by=HEIR, now=LATER) == replace(ROOM, **TOUCHED)


@pytest.mark.parametrize("state", [RoomStatus.CLOSED, RoomStatus.RESERVED])
def test_a_fresh_broadcast_keeps_id_tenant_and_holder_alone(state: RoomStatus) -> None:
    handed_on = replace(ROOM, owner=HEIR, state=state)
    begun = open_again(handed_on, by=HOST, broadcast=BroadcastId("second"), now=LATER)
    assert begun == Room(
        id=ROOM.id,
        tenant=ROOM.tenant,
        holder=HOST,
        owner=HOST,
        state=RoomStatus.LIVE,
        created_by=HOST,
        updated_by=HOST,
        opened=LATER,
        updated=LATER,
        broadcast=BroadcastId("second"),
        rev=8,
    )


def test_the_revision_grows_over_all_broadcasts_of_a_room() -> None:
    revisions = [ROOM.rev]
    room = ROOM
    for number in range(3):
        room = open_again(room, by=HOST, broadcast=BroadcastId(str(number)), now=LATER)
        revisions.append(room.rev)
        room = RoomChanges(title="x").apply(room, by=HOST, now=LATER)
        revisions.append(room.rev)
    assert revisions == sorted(set(revisions))


def test_every_field_that_an_update_may_name_is_a_field_of_the_room() -> None:
    assert set(RoomChanges._fields) <= {field.name for field in fields(Room)}
