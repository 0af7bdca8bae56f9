"""The rules of the song queue: who may do what, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from liveroom.domain.activities.failures import ActivityRefuses
from liveroom.domain.activities.model import SHOWN_MAX
from liveroom.domain.activities.rules import ActivityMember
from liveroom.domain.activities.song_queue import CHORUS_MAX, QUEUE_MAX, SongQueueState, WhoSings, position_at
from liveroom.domain.activities.songs import SongQueue, SongQueueParams
from liveroom.domain.errors import BadRequest, Failure, NotSeated, PermissionDenied
from liveroom.domain.ids import UserId
from liveroom.domain.music.failures import SongNotFound, SongNotPlaying, SongQueued, TooManySongs
from liveroom.domain.music.model import SONG_ID_MAX, SONG_TEXT_MAX, Song

NOW = datetime(2026, 12, 1, 20, tzinfo=UTC)
RULES = SongQueue()
HOST = ActivityMember(UserId("h"), is_host=True, name="Host")
ANN, BOB, CAT = (ActivityMember(UserId(name), is_host=False, name=name) for name in ("ann", "bob", "cat"))
MINUTE = timedelta(minutes=1)


def song(id: str, length: timedelta = MINUTE) -> Song:
    return Song(id=id, title=id.title(), length=length)


def after(*steps: tuple[ActivityMember, str, Any], at: float = 0, **given: Any) -> SongQueueState:
    """Return a queue after steps: ``add`` with a song's id, anything else with an entry or more."""
    state = given.pop("state", None) or RULES.start(SongQueueParams(**given), NOW)
    for who, action, what in steps:
        data = {"song": song(what)} if action == "add" else what if isinstance(what, dict) else {"entry": what}
        state = RULES.act(state, action, data, who, NOW + timedelta(seconds=at)).state
    return state


def waiting(state: SongQueueState) -> list[str]:
    return [queued.song.id for queued in state.waiting]


def plays(state: SongQueueState) -> str:
    return "" if state.playing is None else state.playing.queued.song.id


FOUR = ((ANN, "add", "a"), (BOB, "add", "b"), (ANN, "add", "c"), (CAT, "add", "d"))


def test_the_first_song_plays_at_once_and_each_next_one_after_it() -> None:
    state = after(*FOUR)
    assert (plays(state), waiting(state)) == ("a", ["b", "c", "d"])
    state = after((ANN, "next", 1), state=state)
    assert (plays(state), waiting(state), state.sung) == ("b", ["c", "d"], 1)
    state = after((BOB, "skip", 2), (ANN, "skip", 3), (CAT, "next", 4), state=state)
    assert (state.playing, state.waiting, state.sung) == (None, (), 2)
    assert state.last is not None
    assert state.last.queued.song.id == "d"


def test_a_song_whose_length_is_known_is_over_by_itself_and_paused_ones_are_not() -> None:
    state = after(*FOUR)
    assert RULES.due(state) == NOW + MINUTE
    assert plays(RULES.when_due(state, NOW + MINUTE).state) == "b"
    held = after((ANN, "pause", 1), state=state, at=20)
    assert RULES.due(held) is None
    going = after((HOST, "resume", 1), state=held, at=300)
    assert RULES.due(going) == NOW + timedelta(seconds=340)
    unknown = RULES.act(after(), "add", {"song": song("x", timedelta(0))}, ANN, NOW).state
    assert RULES.due(unknown) is None


@pytest.mark.parametrize(("at", "expected"), [(0, 0), (20, 20), (59.9, 59.9), (60, 60), (90, 60), (-5, 0)])
def test_where_a_song_is_follows_from_the_time_alone(at: float, expected: float) -> None:
    playing = after(*FOUR).playing
    assert playing is not None
    assert position_at(playing, NOW + timedelta(seconds=at)) == timedelta(seconds=expected)


def test_a_song_that_is_held_or_moved_goes_on_from_there() -> None:
    state = after((ANN, "pause", 1), (ANN, "pause", 1), state=after(*FOUR), at=20)
    assert state.playing is not None
    assert position_at(state.playing, NOW + MINUTE) == timedelta(seconds=20)
    state = after((ANN, "seek", {"entry": 1, "position": timedelta(seconds=50)}), state=state, at=30)
    state = after((ANN, "resume", 1), (ANN, "resume", 1), state=state, at=40)
    assert state.playing is not None
    assert position_at(state.playing, NOW + timedelta(seconds=45)) == timedelta(seconds=55)
    state = after((ANN, "seek", {"entry": 1, "position": timedelta(hours=1)}), state=state, at=45)
    assert RULES.due(state) == NOW + timedelta(seconds=45)


def test_no_song_comes_twice_in_a_row_or_waits_twice_for_the_same_person() -> None:
    state = after((ANN, "add", "a"))
    for who in (ANN, BOB):
        with pytest.raises(SongQueued):
            after((who, "add", "a"), state=state)
    state = after((BOB, "add", "b"), (CAT, "add", "a"), (BOB, "add", "d"), state=state)
    with pytest.raises(SongQueued):
        after((CAT, "add", "a"), state=state)
    assert waiting(after((ANN, "add", "a"), state=state)) == ["b", "a", "d", "a"]


def test_so_many_songs_of_one_person_wait_and_so_many_of_all() -> None:
    state = after((ANN, "add", "a"), (ANN, "add", "b"), (ANN, "add", "c"), most=2)
    with pytest.raises(TooManySongs):
        after((ANN, "add", "d"), state=state)
    after((BOB, "add", "d"), state=state)
    crowd = [ActivityMember(UserId(f"u{number}"), is_host=False) for number in range(QUEUE_MAX + 1)]
    full = after(*[(who, "add", f"s{who.user}") for who in crowd], most=1)
    assert len(full.waiting) == QUEUE_MAX
    with pytest.raises(TooManySongs):
        after((ANN, "add", "one more"), state=full)
    for most in (0, 21):
        with pytest.raises(BadRequest):
            after(most=most)


def test_who_may_sing_is_as_the_host_says() -> None:
    seated = ANN._replace(is_seated=True)
    for who, allowed, refused, why in (
        (WhoSings.SEATED, (HOST, seated), BOB, NotSeated),
        (WhoSings.HOSTS, (HOST,), seated, PermissionDenied),
    ):
        state = after(*[(one, "add", one.user) for one in allowed], who=who)
        for action, what in (("add", "x"), ("join", 1)):
            with pytest.raises(why):
                after((refused, action, what), state=state)


def test_hosts_move_songs_to_the_top_and_remove_all_and_others_their_own() -> None:
    state = after(*FOUR)
    assert waiting(after((HOST, "top", 4), state=state)) == ["d", "b", "c"]
    assert waiting(after((HOST, "remove", 2), (ANN, "remove", 3), state=state)) == ["d"]
    for who, action, entry, why in (
        (ANN, "top", 3, PermissionDenied),
        (ANN, "remove", 2, PermissionDenied),
        (HOST, "remove", 1, SongNotFound),
        (HOST, "top", 9, SongNotFound),
    ):
        with pytest.raises(why):
            after((who, action, entry), state=state)


@pytest.mark.parametrize("action", ["skip", "next", "pause", "resume", "seek"])
def test_the_song_that_plays_is_steered_by_its_singer_and_hosts_and_nobody_steers_another(action: str) -> None:
    state = after(*FOUR, (BOB, "join", 1))
    for who in (ANN, HOST):
        after((who, action, {"entry": 1, "position": MINUTE / 2}), state=state)
    with pytest.raises(PermissionDenied):
        after((BOB, action, {"entry": 1, "position": MINUTE / 2}), state=state)
    for entry in (2, 9):
        with pytest.raises(SongNotPlaying):
            after((HOST, action, {"entry": entry, "position": MINUTE / 2}), state=state)


def test_others_sing_along_and_leave_again() -> None:
    state = after(*FOUR, (BOB, "join", 1), (CAT, "join", 1), (BOB, "join", 1), (ANN, "join", 1))
    assert state.playing is not None
    assert state.playing.chorus == ("bob", "cat")
    state = after((BOB, "leave", 1), (BOB, "leave", 1), state=state)
    assert state.playing is not None
    assert state.playing.chorus == ("cat",)
    crowd = [ActivityMember(UserId(f"u{number}"), is_host=False) for number in range(CHORUS_MAX)]
    with pytest.raises(TooManySongs):
        after(*[(who, "join", 1) for who in crowd], state=state)
    with pytest.raises(SongNotPlaying):
        after((BOB, "join", 2), state=state)


def test_singers_have_scores_while_they_sing_and_after_it() -> None:
    state = after(*FOUR, (BOB, "join", 1), (BOB, "score", {"entry": 1, "score": 90}), (ANN, "next", 1))
    state = after((ANN, "score", {"entry": 1, "score": 70}), (ANN, "score", {"entry": 1, "score": 75}), state=state)
    assert state.last is not None
    assert state.last.scores == {"bob": 90, "ann": 75}
    for who, entry, score, why in (
        (CAT, 1, 50, SongNotPlaying),
        (CAT, 4, 50, SongNotPlaying),
        (ANN, 1, 101, ActivityRefuses),
    ):
        with pytest.raises(why):
            after((who, "score", {"entry": entry, "score": score}), state=state)


def test_what_somebody_has_in_the_queue_goes_with_them() -> None:
    state = after(*FOUR, (BOB, "join", 1), (BOB, "score", {"entry": 1, "score": 90}))
    assert set(RULES.people(state)) == {"ann", "bob", "cat"}
    gone = RULES.left(state, BOB.user, NOW).state
    assert gone.playing is not None
    assert (gone.playing.chorus, gone.playing.scores, waiting(gone)) == ((), {}, ["c", "d"])
    gone = RULES.left(state, ANN.user, NOW).state
    assert (plays(gone), waiting(gone), gone.sung) == ("b", ["d"], 0)
    sung = after((ANN, "next", 1), state=state)
    assert RULES.left(sung, ANN.user, NOW).state.last is None
    assert set(RULES.people(RULES.left(sung, BOB.user, NOW).state)) == {"ann", "cat"}
    assert RULES.people(RULES.kept(state)) == frozenset()


def test_a_full_queue_with_the_longest_texts_is_shown_in_part_and_counted_as_a_whole() -> None:
    long = "\U0001f3b5" * SONG_TEXT_MAX
    state = after(most=20)
    for number in range(QUEUE_MAX + 1):
        who = ActivityMember(UserId(f"{number:032}"), is_host=True, name="\U0001f3b5" * 64)
        one = Song(id=f"{number:0{SONG_ID_MAX}}", title=long, artist=long, length=MINUTE, cover="c" * 512)
        state = RULES.act(state, "add", {"song": one}, who, NOW).state
    singers = [ActivityMember(UserId(f"s{number:031}"), is_host=False) for number in range(CHORUS_MAX)]
    for _ in range(2):
        entry = state.playing.queued.entry if state.playing else 0
        for who in singers:
            state = after((who, "join", entry), (who, "score", {"entry": entry, "score": 100}), state=state)
        if entry == 1:
            state = after((HOST, "next", 1), state=state)
    shown = RULES.shown(state)
    assert len(msgspec.json.encode(shown)) <= SHOWN_MAX
    assert 0 < len(shown.waiting) < shown.queued == QUEUE_MAX - 1


@pytest.mark.parametrize("action", ["vote", "", "lock"])
def test_what_a_queue_does_not_know_it_refuses(action: str) -> None:
    with pytest.raises(Failure):
        RULES.act(after(), action, {}, HOST, NOW)


def test_a_state_is_read_as_it_was_written() -> None:
    state = after(*FOUR, (BOB, "join", 1), (ANN, "pause", 1))
    assert msgspec.json.decode(msgspec.json.encode(state), type=SongQueueState) == state
