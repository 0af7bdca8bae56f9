"""Streams as reports and lists change them: in whatever order reports come, the end is the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.streams import lifecycle
from liveroom.domain.streams.lifecycle import PushedStream, StreamChange, StreamState, StreamTask, change_of
from liveroom.domain.streams.model import LiveStream, PushSession, StreamName, StreamServerName

NOW: Final = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
GRACE: Final = timedelta(seconds=15)
SHOW: Final = BroadcastId("show")
NAME: Final = StreamName("lrname")
WAITING: Final = PushedStream(
    "s1", TenantName(""), RoomId("1"), UserId("7"), StreamServerName("nginx_rtmp"), NAME, "digest", NOW, NOW
)


def begun(stream: PushedStream, session: str, *, asked: bool = True, after: float = 0) -> PushedStream:
    return lifecycle.begun(stream, PushSession(session), SHOW, NOW + timedelta(seconds=after), asked=asked)


def ended(stream: PushedStream, session: str, *, after: float = 0, replaced: bool = False) -> PushedStream:
    return lifecycle.ended(stream, PushSession(session), NOW + timedelta(seconds=after), replaced=replaced)


def listed(stream: PushedStream, session: str, *, after: float = 60, since: datetime | None = None) -> PushedStream:
    live = LiveStream(NAME, PushSession(session), since)
    return lifecycle.listed(stream, live, SHOW, NOW + timedelta(seconds=after))


def settled(stream: PushedStream, after: float) -> PushedStream:
    return lifecycle.settled(stream, NOW + timedelta(seconds=after), GRACE)


def test_an_interruption_ends_after_the_grace_and_not_before() -> None:
    gone = ended(begun(WAITING, "a"), "a", after=10)
    assert (gone.state, gone.due(GRACE)) == (StreamState.INTERRUPTED, NOW)
    assert replace(gone, sighted=NOW).due(GRACE) == NOW + timedelta(seconds=25)
    assert settled(gone, 24.9) == gone
    assert settled(gone, 25).state is StreamState.ENDED
    back = begun(gone, "b", after=20)
    assert (back.state, back.since, settled(back, 60)) == (StreamState.LIVE, NOW, back)


def test_a_stream_of_a_seat_goes_with_its_user_to_another_and_is_over_without_one() -> None:
    live = begun(replace(WAITING, seat=2), "a")
    assert lifecycle.seated(live, 5, NOW) == replace(live, seat=5)
    over = lifecycle.seated(live, 0, NOW)
    assert (over.state, over.stopped, over.task) == (StreamState.ENDED, True, StreamTask.REMOVE)


def test_changes_are_told_as_what_they_are() -> None:
    live = begun(WAITING, "a")
    gone = ended(live, "a")
    back, over = begun(gone, "b"), settled(gone, 15)
    told = [(WAITING, live), (live, gone), (gone, back), (gone, over), (over, begun(over, "c")), (live, live)]
    assert [change_of(*one) for one in told] == [
        StreamChange.STARTED,
        StreamChange.INTERRUPTED,
        StreamChange.RESUMED,
        StreamChange.ENDED,
        StreamChange.STARTED,
        None,
    ]


def test_who_comes_second_takes_over_only_when_the_first_has_gone() -> None:
    both = begun(begun(WAITING, "a"), "b")
    assert (both.session, both.others) == ("a", ("b",))
    assert ended(both, "b").session == "a"
    assert (ended(both, "a").session, ended(both, "a").state) == ("b", StreamState.LIVE)
    assert ended(both, "of nobody").state is StreamState.LIVE
    assert ended(begun(WAITING, "a"), "of nobody").session == "a"
    replaced = ended(begun(WAITING, "a"), "a", replaced=True)
    assert replaced.state is StreamState.LIVE, "a newer push is there, whose start is yet to be reported"
    assert begun(replaced, "b", asked=False).session == "b"
    assert ended(replaced, "b").state is StreamState.INTERRUPTED, "its end came before its start"


def test_two_connections_reported_in_any_order_leave_the_same() -> None:
    reports = [("a", True), ("a", False), ("b", True), ("b", False)]
    for order in permutations(reports):
        stream = WAITING
        for session, starts in (*order, *order):
            stream = begun(stream, session, asked=False) if starts else ended(stream, session)
        assert settled(stream, 60).state in (StreamState.ENDED, StreamState.WAITING), order
        assert {*stream.over} == {"a", "b"}, order


def test_a_stream_that_lists_do_not_have_is_interrupted_unless_another_connection_has_come() -> None:
    live = begun(WAITING, "a")
    gone = lifecycle.missed(live, PushSession("a"), NOW + timedelta(seconds=60))
    assert (gone.state, gone.interrupted) == (StreamState.INTERRUPTED, NOW + timedelta(seconds=60))
    assert gone.over == ("a",)
    assert lifecycle.missed(live, PushSession("b"), NOW) == live
    assert lifecycle.missed(gone, PushSession(""), NOW) == gone


def test_the_list_says_which_connection_counts_but_not_one_that_is_over() -> None:
    live = begun(WAITING, "a")
    assert (listed(live, "b").session, listed(live, "b").over) == ("b", ("a",))
    assert listed(live, "") == live, "a server that does not say which"
    gone = ended(live, "a", after=50)
    assert listed(gone, "a") == gone, "the list is older than the report"
    assert listed(gone, "") == gone
    assert listed(gone, "", after=120).state is StreamState.LIVE
    assert listed(gone, "", since=NOW + timedelta(seconds=55)).state is StreamState.LIVE
    assert listed(WAITING, "c").state is StreamState.LIVE, "nobody has reported its start"


def test_a_stopped_stream_is_to_be_cut_and_a_removed_one_forgotten() -> None:
    stopped = lifecycle.stopped(begun(WAITING, "a"), NOW)
    assert (stopped.state, stopped.stopped, stopped.task) == (StreamState.ENDED, True, StreamTask.FORBID)
    assert lifecycle.started(stopped).task is StreamTask.ALLOW
    assert lifecycle.started(WAITING) == WAITING
    assert lifecycle.removed(WAITING, NOW).is_removed
    assert lifecycle.unwanted(stopped).task is StreamTask.FORBID, "which cuts it too"


def test_of_a_rate_only_a_half_more_or_less_counts() -> None:
    live = lifecycle.sized(WAITING, 1280, 720, 3000)
    assert lifecycle.sized(live, 0, 0, 4000) == live
    assert lifecycle.sized(live, 1920, 1080, 6000).kilobits == 6000


SESSIONS: Final = st.sampled_from("abc")
REPORTS: Final = st.lists(
    st.tuples(st.sampled_from(["asked", "started", "ended", "listed", "missed", "waited", "stopped"]), SESSIONS),
    max_size=30,
)


@given(REPORTS)
def test_whatever_is_reported_a_stream_is_what_it_says(reports: list[tuple[str, str]]) -> None:
    stream = WAITING
    for number, (what, session) in enumerate(reports, 1):
        before, now = stream, NOW + timedelta(seconds=number * 7)
        match what:
            case "asked" | "started":
                stream = lifecycle.begun(stream, PushSession(session), SHOW, now, asked=what == "asked")
            case "ended":
                stream = lifecycle.ended(stream, PushSession(session), now)
            case "listed":
                stream = lifecycle.listed(stream, LiveStream(NAME, PushSession(session)), SHOW, now)
            case "missed":
                stream = lifecycle.missed(stream, stream.session, now)
            case "waited":
                stream = lifecycle.settled(stream, now, GRACE)
            case _:
                stream = lifecycle.stopped(stream, now)
        _check(before, stream)


def _check(before: PushedStream, after: PushedStream) -> None:
    live = after.state is StreamState.LIVE
    assert live == bool(after.session), "a connection counts as long as it is live"
    assert live or not after.others
    known = [*after.others, *after.over, *([after.session] if after.session else [])]
    assert len(known) == len({*known}), "no connection is two things"
    assert after.is_open == (after.since is not None)
    assert (after.interrupted is None) == (live or after.state is StreamState.WAITING)
    if before.is_open and not after.is_open:
        assert change_of(before, after) is StreamChange.ENDED
