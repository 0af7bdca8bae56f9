"""Seats and requests for them: each rule by itself, and any sequence of them beside a plain model."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from liveroom.domain.errors import (
    Failure,
    NotSeated,
    PermissionDenied,
    QuotaExceeded,
    RequestNotFound,
    SeatLocked,
    SeatModeWrong,
    SeatMuteInvalid,
    SeatNotFound,
    SeatOccupied,
    SeatsMissing,
)
from liveroom.domain.ids import UserId
from liveroom.domain.rooms.options import RoomOptions, SeatMode
from liveroom.domain.seats import model as seats
from liveroom.domain.seats import requests as seat_requests
from liveroom.domain.seats.model import (
    Mutes,
    RequestKind,
    RequestOutcome,
    SeatDecision,
    Seated,
    SeatMap,
    SeatRequest,
    Silenced,
)
from liveroom.domain.seats.requests import WAIT, WAITING_MAX

NOW: Final = datetime(2026, 3, 1, 20, tzinfo=UTC)
FREE: Final = RoomOptions(seats=3, seat_mode=SeatMode.FREE)
APPLY: Final = RoomOptions(seats=3, seat_mode=SeatMode.APPLY)
ANN, BOB, CID, DAN = map(UserId, ("ann", "bob", "cid", "dan"))


def seat_map(*seated: tuple[int, UserId]) -> SeatMap:
    return SeatMap(tuple(Seated(*one) for one in seated))


def request(id: str, user: UserId, kind: RequestKind = RequestKind.APPLY, **given: Any) -> SeatRequest:
    asked = SeatRequest(id, kind, user, f"name of {user}", "", 0, user, NOW + WAIT)
    return asked._replace(**given)


def held(decision: SeatDecision) -> dict[int, str]:
    return {one.number: one.user for one in decision.seat_map.seated}


def outcomes(decision: SeatDecision) -> list[tuple[str, RequestOutcome]]:
    return [(answer.request.id, answer.outcome) for answer in decision.answered]


def take(
    before: SeatMap, user: UserId, number: int = 0, options: RoomOptions = FREE, *, may_seat: bool = False
) -> SeatDecision:
    return seats.take(before, options, user, number, may_seat=may_seat)


# --- seats ------------------------------------------------------------------------------------------------------------


def test_the_first_seat_that_is_to_be_had_is_taken() -> None:
    locked = replace(FREE, seat_locks=0b10)
    assert held(take(seat_map(), ANN)) == {1: ANN}
    assert held(take(seat_map((1, ANN)), BOB, options=locked)) == {1: ANN, 3: BOB}
    with pytest.raises(SeatOccupied):
        take(seat_map((1, ANN), (3, BOB)), CID, options=locked)


@pytest.mark.parametrize(
    ("number", "options", "failure"),
    [
        (1, FREE, SeatOccupied),
        (4, FREE, SeatNotFound),
        (2, replace(FREE, seat_locks=0b10), SeatLocked),
        (1, replace(FREE, seats=0), SeatsMissing),
        (0, replace(FREE, seats=0), SeatsMissing),
        (2, APPLY, SeatModeWrong),
        (2, replace(FREE, seat_mode=SeatMode.INVITE), SeatModeWrong),
    ],
)
def test_a_seat_that_is_not_to_be_had_says_why(number: int, options: RoomOptions, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        take(seat_map((1, ANN)), BOB, number, options)


def test_who_may_seat_people_sits_down_whatever_the_mode_and_on_no_locked_seat() -> None:
    assert held(take(seat_map(), ANN, 2, APPLY, may_seat=True)) == {2: ANN}
    with pytest.raises(SeatLocked):
        take(seat_map(), ANN, 2, replace(APPLY, seat_locks=0b10), may_seat=True)


def test_taking_a_seat_twice_is_taking_it_once_and_another_is_moving() -> None:
    before = SeatMap((Seated(2, ANN, Mutes.AUDIO),))
    for number in (0, 2):
        assert take(before, ANN, number) == SeatDecision(before)
    assert take(before, ANN, 3).seat_map.seated == (Seated(3, ANN, Mutes.AUDIO),)


def test_whatever_one_asked_for_or_was_asked_is_over_with_the_seat() -> None:
    asked = request("a", ANN), request("b", BOB), request("c", ANN, RequestKind.INVITE, by=DAN)
    decision = take(SeatMap(requests=asked), ANN)
    assert outcomes(decision) == [("a", RequestOutcome.CANCELLED), ("c", RequestOutcome.CANCELLED)]
    assert decision.seat_map.requests == (asked[1],)


def test_moving_needs_a_seat_and_a_free_one() -> None:
    assert held(seats.move(seat_map((1, ANN)), FREE, ANN, 3, may_seat=False)) == {3: ANN}
    for user, number, failure in ((BOB, 2, NotSeated), (ANN, 2, SeatOccupied), (ANN, 9, SeatNotFound)):
        with pytest.raises(failure):
            seats.move(seat_map((1, ANN), (2, CID)), FREE, user, number, may_seat=False)


def test_a_seat_that_is_left_is_free_and_left_once() -> None:
    left = seats.vacate(seat_map((1, ANN), (2, BOB)), ANN)
    assert held(left) == {2: BOB}
    with pytest.raises(NotSeated):
        seats.vacate(left.seat_map, ANN)


def test_a_hosts_mute_is_lifted_by_a_host_alone() -> None:
    def mute(before: SeatMap, *, audio: bool | None, video: bool | None = None, by_host: bool) -> SeatMap:
        return seats.mute(before, ANN, audio=audio, video=video, by_host=by_host).seat_map

    muted = mute(mute(seat_map((1, ANN)), audio=True, by_host=True), audio=None, video=True, by_host=False)
    assert muted.seated[0].mutes == Mutes.AUDIO | Mutes.VIDEO_OFF
    with pytest.raises(SeatMuteInvalid):
        mute(muted, audio=False, video=False, by_host=False)
    assert mute(muted, audio=None, video=False, by_host=False).seated[0].mutes == Mutes.AUDIO
    assert mute(muted, audio=True, by_host=False).seated[0].mutes == Mutes.AUDIO | Mutes.AUDIO_OFF | Mutes.VIDEO_OFF
    assert mute(muted, audio=False, by_host=True).seated[0].mutes == Mutes.VIDEO_OFF
    with pytest.raises(NotSeated):
        mute(seat_map(), audio=True, by_host=True)


def test_who_comes_to_a_seat_by_themselves_is_muted_as_a_host_had_muted_them_and_who_is_seated_is_heard() -> None:
    muted = SeatMap((Seated(1, ANN, int(Mutes.AUDIO | Mutes.AUDIO_OFF)), Seated(2, BOB, int(Mutes.VIDEO_OFF))))
    left = seats.vacate(seats.vacate(muted, ANN).seat_map, BOB).seat_map
    assert left.silenced == (Silenced(ANN, Mutes.AUDIO),)
    assert take(left, ANN, 3).seat_map == SeatMap((Seated(3, ANN, int(Mutes.AUDIO)),))
    assert take(left, BOB, 3).seat_map.seated == (Seated(3, BOB),)
    assert seats.sit(left, ANN, 3).seat_map == SeatMap((Seated(3, ANN),))
    locked = seats.fitted(muted, seats.with_lock(FREE, 1, locked=True))
    assert (locked.seated, locked.silenced) == ((Seated(2, BOB, int(Mutes.VIDEO_OFF)),), left.silenced)


def test_a_stage_remembers_the_latest_whom_a_host_had_muted() -> None:
    now = SeatMap()
    for number in range(seats.REMEMBERED + 2):
        user = UserId(f"u{number}")
        now = seats.without(SeatMap((Seated(1, user, int(Mutes.VIDEO)),), silenced=now.silenced), [user])
    again = seats.without(SeatMap((Seated(1, UserId("u5"), int(Mutes.AUDIO)),), silenced=now.silenced), [UserId("u5")])
    assert [now.silenced[0].user, now.silenced[-1].user] == ["u2", f"u{seats.REMEMBERED + 1}"]
    assert (len(again.silenced), again.silenced[-1]) == (seats.REMEMBERED, Silenced(UserId("u5"), Mutes.AUDIO))


def test_locks_and_numbers_are_options_and_seats_that_are_new_are_not_locked() -> None:
    locked = seats.with_lock(seats.with_lock(FREE, 1, locked=True), 3, locked=True)
    assert (locked.seat_locks, locked.is_locked(2), locked.is_locked(3)) == (0b101, False, True)
    assert seats.with_lock(locked, 3, locked=False).seat_locks == 0b001
    assert seats.with_seats(seats.with_seats(locked, 2, None), 3, None).seat_locks == 0b001
    assert seats.with_seats(locked, None, SeatMode.INVITE) == replace(locked, seat_mode=SeatMode.INVITE)
    assert seats.fitted(seat_map((1, ANN), (2, BOB), (3, CID)), locked) == seat_map((2, BOB))
    assert seats.fitted(seat_map((1, ANN), (3, CID)), replace(FREE, seats=2)) == seat_map((1, ANN))
    for number, options, failure in ((4, FREE, SeatNotFound), (1, replace(FREE, seats=0), SeatsMissing)):
        with pytest.raises(failure):
            seats.with_lock(options, number, locked=True)


# --- requests ---------------------------------------------------------------------------------------------------------


def ask(before: SeatMap, asked: SeatRequest, options: RoomOptions = APPLY) -> SeatDecision:
    return seat_requests.ask(before, options, asked)


def test_an_application_waits_and_the_same_once_more_is_that_one() -> None:
    first = ask(SeatMap(), request("a", BOB))
    assert (first.seat_map.requests, first.requested) == ((request("a", BOB),), (request("a", BOB),))
    assert ask(first.seat_map, request("b", BOB)) == SeatDecision(first.seat_map)
    other = ask(first.seat_map, request("c", BOB, seat=2))
    assert outcomes(other) == [("a", RequestOutcome.CANCELLED)]
    assert [one.id for one in other.seat_map.requests] == ["c"]


@pytest.mark.parametrize(
    ("asked", "options", "failure"),
    [
        (request("a", BOB), FREE, SeatModeWrong),
        (request("a", BOB), replace(APPLY, seat_mode=SeatMode.INVITE), SeatModeWrong),
        (request("a", ANN), APPLY, SeatOccupied),
        (request("a", BOB, seat=1), APPLY, SeatOccupied),
        (request("a", BOB, seat=4), APPLY, SeatNotFound),
        (request("a", BOB, seat=2), replace(APPLY, seat_locks=0b10), SeatLocked),
        (request("a", BOB), replace(APPLY, seats=0), SeatsMissing),
        (request("a", ANN, RequestKind.INVITE), FREE, SeatOccupied),
    ],
)
def test_what_cannot_be_asked_for_says_why(asked: SeatRequest, options: RoomOptions, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        ask(seat_map((1, ANN)), asked, options)


def test_a_host_invites_whatever_the_mode_and_one_applies_for_a_stage_that_is_full() -> None:
    full = seat_map((1, ANN), (2, BOB), (3, CID))
    for mode in SeatMode:
        assert ask(full, request("a", DAN, RequestKind.INVITE, by=ANN), replace(APPLY, seat_mode=mode)).requested
    assert ask(full, request("a", DAN)).requested


def test_requests_of_a_room_are_bounded() -> None:
    waiting = SeatMap(requests=tuple(request(f"q{number}", UserId(f"u{number}")) for number in range(WAITING_MAX)))
    with pytest.raises(QuotaExceeded):
        ask(waiting, request("a", BOB))
    assert ask(waiting, request("a", UserId("u7"), seat=2)).requested, "it takes the place of the former one"


def test_an_application_is_approved_once() -> None:
    before = ask(SeatMap(), request("a", BOB, seat=2)).seat_map
    approved = seat_requests.approve(before, APPLY, "a", by=ANN)
    assert held(approved) == {2: BOB}
    assert (outcomes(approved), approved.answered[0].seat, approved.answered[0].by) == (
        [("a", RequestOutcome.APPROVED)], 2, ANN,
    )  # fmt: skip
    with pytest.raises(RequestNotFound):
        seat_requests.approve(approved.seat_map, APPLY, "a", by=ANN)


def test_an_application_for_a_seat_that_was_taken_goes_on_waiting() -> None:
    before = SeatMap((Seated(2, CID),), (request("a", BOB, seat=2),))
    with pytest.raises(SeatOccupied):
        seat_requests.approve(before, APPLY, "a", by=ANN)
    assert held(seat_requests.approve(seats.vacate(before, CID).seat_map, APPLY, "a", by=ANN)) == {2: BOB}


def test_an_invitation_is_answered_by_whom_it_is_for_and_an_application_is_none() -> None:
    before = SeatMap(requests=(request("i", BOB, RequestKind.INVITE, by=ANN), request("a", CID)))
    assert held(seat_requests.accept(before, APPLY, "i", by=BOB)) == {1: BOB}
    assert outcomes(seat_requests.refuse(before, "i", by=BOB, reason="")) == [("i", RequestOutcome.REFUSED)]
    wrong: list[tuple[Callable[[], SeatDecision], type[Failure]]] = [
        (lambda: seat_requests.accept(before, APPLY, "i", by=CID), PermissionDenied),
        (lambda: seat_requests.refuse(before, "i", by=ANN, reason=""), PermissionDenied),
        (lambda: seat_requests.accept(before, APPLY, "a", by=CID), RequestNotFound),
        (lambda: seat_requests.approve(before, APPLY, "i", by=ANN), RequestNotFound),
    ]
    for call, failure in wrong:
        with pytest.raises(failure):
            call()


def test_one_takes_back_what_one_has_asked_for() -> None:
    asked = (
        request("a", BOB),
        request("i", CID, RequestKind.INVITE, by=ANN),
        request("j", DAN, RequestKind.INVITE, by=ANN),
    )
    before = SeatMap(requests=asked)
    assert outcomes(seat_requests.cancel(before, "i", by=ANN)) == [("i", RequestOutcome.CANCELLED)]
    assert outcomes(seat_requests.cancel(before, "", by=ANN)) == [
        ("i", RequestOutcome.CANCELLED),
        ("j", RequestOutcome.CANCELLED),
    ]
    assert seat_requests.cancel(before, "", by=DAN) == SeatDecision(before)
    with pytest.raises(PermissionDenied):
        seat_requests.cancel(before, "a", by=ANN)
    with pytest.raises(RequestNotFound):
        seat_requests.cancel(before, "x", by=ANN)


def test_requests_end_with_their_time_and_with_their_users_presence() -> None:
    before = SeatMap(requests=(request("a", BOB), request("b", CID), request("c", DAN, expires=NOW + 2 * WAIT)))
    current = seat_requests.expire_requests(before, {BOB, DAN}, NOW + WAIT - timedelta(milliseconds=1))
    assert outcomes(current) == [("b", RequestOutcome.CANCELLED)]
    current = seat_requests.expire_requests(before, {BOB, CID, DAN}, NOW + WAIT)
    assert outcomes(current) == [("a", RequestOutcome.EXPIRED), ("b", RequestOutcome.EXPIRED)]
    assert [one.id for one in current.seat_map.requests] == ["c"]


# --- any sequence of them ---------------------------------------------------------------------------------------------

PEOPLE: Final = st.sampled_from([ANN, BOB, CID, DAN, UserId("eve")])
NUMBERS: Final = st.integers(0, 4)


@dataclass
class Model:
    """A stage as one would draw it: who has which seat, how it is muted, and who waits."""

    seats: dict[int, str] = field(default_factory=dict)
    mutes: dict[str, set[str]] = field(default_factory=dict)
    waiting: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    silenced: set[str] = field(default_factory=set)

    def seat_of(self, user: str) -> int:
        return next((number for number, holder in self.seats.items() if holder == user), 0)

    def to_be_had(self, number: int, size: int, locks: set[int]) -> int:
        asked = [number] if number else list(range(1, size + 1))
        return next((seat for seat in asked if seat <= size and seat not in {*locks, *self.seats}), 0)

    def sit(self, user: str, number: int, *, by_host: bool) -> None:
        """Have somebody seated, by a host, or by themselves."""
        self.seats = {seat: holder for seat, holder in self.seats.items() if holder != user}
        self.seats[number] = user
        self.mutes.setdefault(user, {"host"} if user in self.silenced and not by_host else set())
        self.silenced.discard(user)
        self.waiting = {id: one for id, one in self.waiting.items() if one[1] != user}

    def rise(self, user: str) -> None:
        del self.seats[self.seat_of(user)]
        if "host" in self.mutes.pop(user):
            self.silenced.add(user)


class Theatre(RuleBasedStateMachine):
    """Calls of anybody in any order: each changes the stage as it changes the model, or is refused by both."""

    def __init__(self) -> None:
        super().__init__()
        self.seat_map, self.model = SeatMap(), Model()
        self.size, self.mode, self.locks = 3, SeatMode.FREE, set[int]()
        self.asked = 0

    @property
    def options(self) -> RoomOptions:
        return RoomOptions(seats=self.size, seat_mode=self.mode, seat_locks=sum(1 << (one - 1) for one in self.locks))

    def do(self, call: Callable[[], SeatDecision], *, good: bool) -> bool:
        """Make a call that the model finds good, or not; say whether it was."""
        try:
            self.seat_map = call().seat_map
        except Failure:
            assert not good
        else:
            assert good
        return good

    @rule(user=PEOPLE, number=NUMBERS, host=st.booleans())
    def take(self, user: UserId, number: int, host: bool) -> None:
        mine = self.model.seat_of(user)
        seat = mine if mine and number in (0, mine) else self.model.to_be_had(number, self.size, self.locks)
        allowed = number <= self.size and (host or self.mode is SeatMode.FREE)
        call = lambda: take(self.seat_map, user, number, self.options, may_seat=host)  # noqa: E731
        if self.do(call, good=allowed and seat > 0) and seat != mine:
            self.model.sit(user, seat, by_host=False)

    @rule(user=PEOPLE, number=NUMBERS, host=st.booleans())
    def move(self, user: UserId, number: int, host: bool) -> None:
        if self.model.seat_of(user):
            self.take(user, number, host)
        else:
            self.do(lambda: seats.move(self.seat_map, self.options, user, number, may_seat=host), good=False)

    @rule(user=PEOPLE)
    def leave(self, user: UserId) -> None:
        if self.do(lambda: seats.vacate(self.seat_map, user), good=self.model.seat_of(user) > 0):
            self.model.rise(user)

    @rule(user=PEOPLE, audio=st.sampled_from([None, True, False]), host=st.booleans())
    def mute(self, user: UserId, audio: bool | None, host: bool) -> None:
        known = self.model.mutes.get(user)
        bound = known is not None and "host" in known and not host and audio is False
        good = known is not None and not bound
        call = lambda: seats.mute(self.seat_map, user, audio=audio, video=None, by_host=host)  # noqa: E731
        if self.do(call, good=good) and known is not None and audio is not None:
            (known.add if audio else known.discard)("host" if host else "own")

    @rule(user=PEOPLE, number=NUMBERS, kind=st.sampled_from(RequestKind), by=PEOPLE)
    def ask(self, user: UserId, number: int, kind: RequestKind, by: UserId) -> None:
        self.asked += 1
        id, model = f"q{self.asked}", self.model
        former = next((id for id, one in model.waiting.items() if one[:2] == (kind, user)), None)
        fits = number == 0 or model.to_be_had(number, self.size, self.locks) > 0
        allowed = kind is RequestKind.INVITE or self.mode is SeatMode.APPLY
        asked = request(id, user, kind, seat=number, by=by if kind is RequestKind.INVITE else user)
        good = bool(fits and allowed and not model.seat_of(user) and self.size)
        is_new = former is None or model.waiting[former][2] != number
        if self.do(lambda: ask(self.seat_map, asked, self.options), good=good) and is_new:
            model.waiting.pop(former or "", None)
            model.waiting[id] = (kind, user, number)

    @rule(turn=st.integers(1, 40))
    def grant(self, turn: int) -> None:
        id = f"q{turn}"
        kind, user, number = self.model.waiting.get(id, ("", "", 0))
        seat = self.model.to_be_had(number, self.size, self.locks) if kind else 0
        give = seat_requests.accept if kind == RequestKind.INVITE else seat_requests.approve
        call = lambda: give(self.seat_map, self.options, id, by=UserId(user))  # noqa: E731
        if self.do(call, good=seat > 0):
            self.model.sit(user, seat, by_host=True)

    @rule(turn=st.integers(1, 40))
    def refuse(self, turn: int) -> None:
        id = f"q{turn}"
        known = self.model.waiting.pop(id, None)
        by = UserId(known[1] if known else "nobody")
        self.do(lambda: seat_requests.refuse(self.seat_map, id, by=by, reason=""), good=known is not None)

    @rule(gone=st.sets(PEOPLE))
    def expire_requests(self, gone: set[UserId]) -> None:
        there = {UserId(one[1]) for one in self.model.waiting.values()} - gone
        self.seat_map = seat_requests.expire_requests(self.seat_map, there, NOW).seat_map
        self.model.waiting = {id: one for id, one in self.model.waiting.items() if one[1] not in gone}

    @rule(number=st.integers(1, 4), locked=st.booleans())
    def lock(self, number: int, locked: bool) -> None:
        if number <= self.size:
            (self.locks.add if locked else self.locks.discard)(number)
            self.arranged()

    @rule(size=st.integers(0, 4), mode=st.sampled_from(SeatMode))
    def configure(self, size: int, mode: SeatMode) -> None:
        self.size, self.mode, self.locks = size, mode, {one for one in self.locks if one <= size}
        self.arranged()

    def arranged(self) -> None:
        self.seat_map = seats.fitted(self.seat_map, self.options)
        for number, user in list(self.model.seats.items()):
            if number > self.size or number in self.locks:
                self.model.rise(user)

    @invariant()
    def the_stage_is_the_models(self) -> None:
        assert {one.number: one.user for one in self.seat_map.seated} == self.model.seats
        assert list(self.seat_map.seated) == sorted(self.seat_map.seated)
        assert {one.user for one in self.seat_map.silenced} == self.model.silenced
        assert {one.id: (one.kind, one.user, one.seat) for one in self.seat_map.requests} == self.model.waiting
        for one in self.seat_map.seated:
            said = self.model.mutes[one.user]
            assert bool(one.mutes & Mutes.AUDIO) is ("host" in said)
            assert bool(one.mutes & Mutes.AUDIO_OFF) is ("own" in said)

    @invariant()
    def nobody_who_sits_waits_and_nobody_sits_twice(self) -> None:
        users = [one.user for one in self.seat_map.seated]
        assert len(users) == len(set(users))
        assert not set(users) & {one.user for one in self.seat_map.requests}


TestTheatre = Theatre.TestCase
TestTheatre.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
