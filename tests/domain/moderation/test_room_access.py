"""Access records: what one change of them ends of another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from liveroom.domain.events import moderation as moderation_events
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.moderation.room_access import FOREVER, RoomAccess, utc_text
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import Room, RoomStatus

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NOBODY = RoomAccess(RoomId("r"), UserId("bob"), TenantName(""), updated_by=UserId("ann"), updated=NOW)
ROOM = Room(
    RoomId("r"), TenantName(""), UserId("ann"), UserId("ann"), RoomStatus.LIVE, UserId("ann"), UserId("ann"), NOW, NOW,
    BroadcastId("b"), category="ktv",
)  # fmt: skip


def kinds(before: RoomAccess, after: RoomAccess) -> list[str]:
    return [event.kind for event in moderation_events.changes(ROOM, before, after)]


def test_a_ban_takes_role_and_invitation_away_and_leaves_a_mute() -> None:
    known = replace(NOBODY.appointed(Role.MODERATOR), invited=True).muted(FOREVER, "flood")
    banned = known.banned(FOREVER, "spam")
    assert (banned.role, banned.invited, banned.is_banned(NOW), banned.ban_reason) == (None, False, True, "spam")
    assert banned.is_muted(NOW)
    assert banned.banned(None) == replace(known, role=None, invited=False)


def test_an_appointment_ends_a_ban_and_a_mute_and_taking_it_back_ends_nothing() -> None:
    held = NOBODY.banned(FOREVER, "spam").muted(NOW + timedelta(hours=1), "flood")
    appointed = held.appointed(Role.ANCHOR)
    assert appointed == replace(NOBODY, role=Role.ANCHOR)
    assert held.appointed(None) == held


def test_what_is_lifted_leaves_no_reason() -> None:
    assert NOBODY.muted(FOREVER, "flood").muted(None) == NOBODY
    assert NOBODY.banned(FOREVER, "spam").banned(None) == NOBODY


def test_a_verdict_holds_until_its_time_and_not_at_it() -> None:
    until = NOW + timedelta(seconds=1)
    held = NOBODY.banned(until).muted(until)
    assert (held.is_banned(NOW), held.is_muted(NOW)) == (True, True)
    assert (held.is_banned(until), held.is_muted(until)) == (False, False)


def test_each_change_is_told_as_what_it_is() -> None:
    banned, muted = NOBODY.banned(FOREVER, "spam"), NOBODY.muted(NOW, "flood")
    assert kinds(NOBODY, banned) == ["member.banned"]
    assert kinds(banned, NOBODY) == ["member.unbanned"]
    assert kinds(NOBODY, muted) == ["member.muted"]
    assert kinds(muted, NOBODY) == ["member.unmuted"]
    assert kinds(NOBODY, replace(NOBODY, invited=True)) == []
    assert kinds(NOBODY, NOBODY.appointed(Role.ANCHOR)) == ["member.role_given"]
    assert kinds(NOBODY.appointed(Role.ANCHOR), banned) == ["member.banned", "member.role_given"]


def test_what_is_told_says_until_when_and_why_and_by_whom() -> None:
    (event,) = moderation_events.changes(ROOM, NOBODY, NOBODY.banned(FOREVER, "spam"))
    assert (event.category, event.at) == ("ktv", NOW)
    assert msgspec.to_builtins(event.data) == {
        "roomId": "r", "broadcastId": "b", "category": "ktv", "userId": "bob", "by": "ann",
        "until": None, "reason": "spam",
    }  # fmt: skip
    (event,) = moderation_events.changes(ROOM, NOBODY, NOBODY.muted(NOW))
    assert msgspec.to_builtins(event.data)["until"] == "2026-11-26T12:00:00.000Z"
    (event,) = moderation_events.changes(ROOM, NOBODY.appointed(Role.ANCHOR), NOBODY)
    assert msgspec.to_builtins(event.data)["role"] == "audience"


def test_answers_say_until_when_and_nothing_of_what_never_ends() -> None:
    assert (utc_text(NOW), utc_text(FOREVER), utc_text(None)) == ("2026-11-26 12:00:00", "", "")
