"""Who may enter a room, and in which role a member enters once more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.errors import PasswordWrong, Refused, RoomBanned, RoomConcealed
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.entering import Entrant, check_barriers, is_full, takes_role
from liveroom.domain.rooms.options import Access, RoomOptions

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
BOB = RoomAccess(RoomId("r1"), UserId("bob"), TenantName(""))
BANNED = replace(BOB, banned_until=NOW + timedelta(seconds=1))
ANCHOR, INVITED = replace(BOB, role=Role.ANCHOR), replace(BOB, invited=True)
OPEN, SECRET = RoomOptions(), RoomOptions(password="d1")
PRIVATE, BY_INVITATION = RoomOptions(access=Access.PRIVATE, link_key="k"), RoomOptions(access=Access.INVITED)
GUEST = Entrant()


@pytest.mark.parametrize(
    ("options", "access", "entrant", "refusal"),
    [
        (OPEN, None, GUEST, None),
        (OPEN, BANNED, GUEST, RoomBanned),
        (OPEN, BANNED, Entrant(admin=True), RoomBanned),
        (OPEN, BANNED, Entrant(member=True), RoomBanned),
        (OPEN, BANNED, Entrant(owns=True), None),
        (OPEN, replace(BANNED, banned_until=NOW), GUEST, None),
        (SECRET, None, GUEST, PasswordWrong),
        (SECRET, None, Entrant(passwords="d0,d1"), None),
        (SECRET, None, Entrant(admin=True), None),
        (SECRET, None, Entrant(member=True), None),
        (SECRET, ANCHOR, GUEST, None),
        (SECRET, INVITED, GUEST, PasswordWrong),
        (PRIVATE, None, GUEST, RoomConcealed),
        (PRIVATE, None, Entrant(link="k"), None),
        (PRIVATE, INVITED, GUEST, None),
        (BY_INVITATION, None, Entrant(link="k"), RoomConcealed),
        (BY_INVITATION, INVITED, GUEST, None),
        (BY_INVITATION, None, Entrant(owns=True), None),
    ],
)
def test_who_may_come_in(
    options: RoomOptions, access: RoomAccess | None, entrant: Entrant, refusal: type[Refused] | None
) -> None:
    if refusal is None:
        check_barriers(options, access, entrant, NOW)
    else:
        with pytest.raises(refusal):
            check_barriers(options, access, entrant, NOW)


def test_a_full_room_takes_its_owner_alone() -> None:
    assert [is_full(2, members, owns=False) for members in (1, 2, 3)] == [False, True, True]
    assert not is_full(2, 2, owns=True)
    assert not is_full(0, 1000, owns=False), "there is no limit"


def test_another_session_of_a_member_may_only_raise_their_role() -> None:
    assert takes_role(Role.ANCHOR, Role.AUDIENCE, entered=True)
    assert not takes_role(Role.ANCHOR, Role.AUDIENCE, entered=False)
    assert not takes_role(Role.ANCHOR, Role.ANCHOR, entered=False)
    assert takes_role(Role.AUDIENCE, Role.ANCHOR, entered=False)
