"""What a room keeps to itself: every kind of room, and everybody who may look at it."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any, Final

import pytest

from liveroom.domain.errors import NotInRoom, RoomConcealed
from liveroom.domain.privacy.visibility import Onlooker, check_known, check_visible
from liveroom.domain.rooms.options import DEFAULTS, Access, OptionChanges, RoomOptions, fresh_link_key

KEY: Final = fresh_link_key()
PUBLIC: Final = DEFAULTS
LOCKED: Final = RoomOptions(password="digest")
PRIVATE: Final = RoomOptions(access=Access.PRIVATE, link_key=KEY)
INVITED: Final = RoomOptions(access=Access.INVITED)
ROOMS: Final = {"public": PUBLIC, "locked": LOCKED, "private": PRIVATE, "invited": INVITED}
KNOWN: Final = {
    "stranger": ("public", "locked"),
    "owner": ("public", "locked", "private", "invited"),
    "holder": ("public", "locked", "private", "invited"),
    "member": ("public", "locked", "private", "invited"),
    "appointed": ("public", "locked", "private", "invited"),
    "invited": ("public", "locked", "private", "invited"),
    "banned": (),
}
"""For whom which rooms exist."""
SHOWN: Final = {
    "stranger": ("public",),
    "owner": ("public", "locked", "private", "invited"),
    "holder": ("public",),
    "member": ("public", "locked", "private", "invited"),
    "appointed": ("public",),
    "invited": ("public",),
    "banned": (),
}
"""To whom which rooms show who is in them."""


def onlooker(kind: str) -> Onlooker:
    return Onlooker() if kind == "stranger" else Onlooker()._replace(**{kind: True})


@pytest.mark.parametrize(("kind", "room"), list(product(KNOWN, ROOMS)))
def test_a_room_exists_for_those_alone_of_whom_the_table_says_so(kind: str, room: str) -> None:
    if room in KNOWN[kind]:
        check_known(ROOMS[room], onlooker(kind))
    else:
        with pytest.raises(RoomConcealed):
            check_known(ROOMS[room], onlooker(kind))


@pytest.mark.parametrize(("kind", "room"), list(product(SHOWN, ROOMS)))
def test_a_room_shows_its_members_to_those_alone_of_whom_the_table_says_so(kind: str, room: str) -> None:
    if room in SHOWN[kind]:
        check_visible(ROOMS[room], onlooker(kind))
        return
    with pytest.raises(NotInRoom if room in KNOWN[kind] else RoomConcealed):
        check_visible(ROOMS[room], onlooker(kind))


@pytest.mark.parametrize(
    "link", ["", "x", KEY[:-1], f"{KEY} ", "键"], ids=["none", "short", "cut", "with a blank", "Chinese"]
)
def test_another_key_leads_nowhere(link: str) -> None:
    with pytest.raises(RoomConcealed):
        check_known(PRIVATE, Onlooker(), link)


def test_the_key_leads_into_a_private_room_and_into_no_other() -> None:
    check_known(PRIVATE, Onlooker(), KEY)
    for options in (replace(PRIVATE, link_key=""), replace(PRIVATE, access=Access.INVITED)):
        for link in ("", KEY):
            with pytest.raises(RoomConcealed):
                check_known(options, Onlooker(), link)


def test_a_ban_holds_whatever_the_link_but_for_who_owns_the_room() -> None:
    with pytest.raises(RoomConcealed):
        check_known(PRIVATE, Onlooker(banned=True, invited=True, member=True), KEY)
    check_known(PRIVATE, Onlooker(banned=True, owner=True))


def changed(options: RoomOptions, **wanted: Any) -> RoomOptions:
    return OptionChanges(**wanted, link_key=fresh_link_key()).apply(options, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_room_has_a_link_while_it_is_private_and_another_when_it_is_asked_for() -> None:
    private = changed(PUBLIC, access=Access.PRIVATE)
    assert len(private.link_key) >= 22
    assert changed(private, muted=True).link_key == private.link_key
    assert changed(private, access=Access.PRIVATE).link_key == private.link_key
    assert changed(private, new_link=True).link_key not in ("", private.link_key)
    assert changed(private, access=Access.INVITED).link_key == ""
    assert changed(PUBLIC, new_link=True).link_key == ""
    assert changed(replace(private, link_key=""), muted=True).link_key != "", "one of a former release gets one"
