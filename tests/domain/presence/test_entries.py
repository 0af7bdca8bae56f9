"""Presence entries of one user: which one replaces which, and which are to end."""

import pytest

from liveroom.domain.ids import EntryId, RoomId, SessionId
from liveroom.domain.presence.entries import EntryDecision, KeptEntry, claimed, decided, dropped, only_newest
from liveroom.domain.presence.outside import OutsideSource
from liveroom.domain.presence.sightings import OutsidePresence

NOW, AGAIN, AUDIENCE = 1_000_000, 30_000, 60_000


def entry(id: str, room: str = "r1", session: str = "s1", *, host: bool = False, entered: int = NOW) -> KeptEntry:
    return KeptEntry(EntryId(id), SessionId(session), RoomId(room), host, entered)


def test_a_session_has_one_audience_entry_and_any_number_as_a_host() -> None:
    known = [entry("e1", "r1"), entry("e2", "r2", host=True), entry("e3", "r3", "s2")]
    found = claimed(known, entry("e4", "r4"), NOW)
    assert [one.id for one in found.former] == ["e1"]
    assert [(one.id, one.replaced_by) for one in found.entries] == [
        ("e1", "e4"),
        ("e2", None),
        ("e3", None),
        ("e4", None),
    ]
    assert [one.id for one in claimed(found.entries, entry("e5", "r5"), NOW).former] == ["e1", "e4"], "named again"


def test_an_entry_that_is_there_stays_what_it_is_unless_somebody_may_be_ending_it() -> None:
    known = entry("e1", entered=NOW - 5, host=True)
    assert claimed([known], entry("e2"), NOW).mine == known._replace(entered=NOW)
    for ending in (known._replace(going=NOW), known._replace(restored=True), known._replace(replaced_by=EntryId("e9"))):
        assert claimed([ending], entry("e2"), NOW).mine == entry("e2", host=True)


def test_what_an_entry_had_replaced_ends_with_what_replaced_it() -> None:
    first = claimed([entry("e1", "r1")], entry("e2", "r2"), NOW).entries
    second = claimed(first, entry("e3", "r3"), NOW).entries
    back = claimed(second, entry("e4", "r2"), NOW)
    assert {one.id: one.replaced_by for one in back.entries} == {"e1": "e3", "e4": None, "e3": "e4"}


@pytest.mark.parametrize(
    ("refused", "by", "after"), [(True, None, (None, 0)), (False, None, ("e2", NOW - AGAIN)), (True, "e3", ("e3", 0))]
)
def test_what_a_dropped_entry_had_replaced_is_as_before_or_ends(
    refused: bool, by: str | None, after: tuple[str | None, int]
) -> None:
    dropping = entry("e2", "r2")._replace(replaced_by=EntryId(by) if by else None)
    known = [entry("e1")._replace(replaced_by=dropping.id, replaced_at=NOW), dropping]
    (left,) = dropped(known, dropping.id, NOW, refused=refused)
    assert (left.replaced_by, left.going) == after
    assert dropped(known, EntryId("none"), NOW, refused=refused) == known


def test_of_entries_that_come_back_the_newest_of_each_session_stays() -> None:
    known = [entry("e3", "r3"), entry("e1"), entry("e2", "r2", "s2"), entry("e0", "r0", host=True)]
    assert [one.id for one in only_newest(known, NOW) if one.going] == ["e1"]


STAYS, GOES, UNSEEN = EntryDecision.STAYS, EntryDecision.GOES, EntryDecision.UNSEEN
OLD = entry("e1", entered=NOW - AUDIENCE)
SEEN = OutsidePresence(OutsideSource.TRTC, RoomId("r1"), "", NOW, started=NOW, expires=NOW + 1, vouches=True)
LEFT = SEEN._replace(ended=NOW, vouches=False)


@pytest.mark.parametrize(
    ("one", "sources", "lives", "held", "decision"),
    [
        (entry("e1"), [], True, False, STAYS),
        (entry("e1"), [], False, False, GOES),
        (entry("e1"), [], False, True, GOES),
        (entry("e1"), [SEEN], False, False, STAYS),
        (OLD, [], True, False, UNSEEN),
        (OLD, [], True, True, STAYS),
        (OLD, [SEEN], True, False, STAYS),
        (OLD._replace(host=True), [], True, False, STAYS),
        (entry("e1"), [LEFT], True, False, UNSEEN),
        (entry("e1", entered=NOW + 1), [LEFT], True, False, STAYS),
        (entry("e1")._replace(replaced_by=EntryId("e2"), replaced_at=NOW), [], True, True, STAYS),
        (entry("e1")._replace(replaced_by=EntryId("e2"), replaced_at=NOW - AGAIN), [], True, True, GOES),
        (entry("e1")._replace(replaced_by=EntryId("gone"), replaced_at=NOW), [], True, False, GOES),
        (entry("e1")._replace(going=NOW - AGAIN + 1), [], False, False, STAYS),
        (entry("e1")._replace(going=NOW - AGAIN), [], True, False, GOES),
    ],
)
def test_an_entry_goes_when_nothing_vouches_for_it(
    one: KeptEntry, sources: list[OutsidePresence], lives: bool, held: bool, decision: EntryDecision
) -> None:
    known = [one, entry("e2", "r2")]
    assert decided(one, known, sources, NOW, lives=lives, audience=AUDIENCE, held=held) is decision
