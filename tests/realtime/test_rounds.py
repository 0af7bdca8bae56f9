"""Rounds: whose turn it is when, and that a crowd which came at once has not its turn at once."""

from collections import Counter

from liveroom.realtime.rounds import ANSWER_TURNS, SPREAD, TURNS, Rounds


def turns_of(rounds: Rounds[int], turns: int) -> dict[int, list[int]]:
    """Let so many turns pass; return at which of them each guest had theirs."""
    had: dict[int, list[int]] = {}
    for number in range(1, turns + 1):
        for guest in rounds.turn()[1]:
            had.setdefault(guest, []).append(number)
    return had


def test_a_guest_has_a_turn_every_round() -> None:
    rounds: Rounds[int] = Rounds()
    rounds.add(7)
    assert turns_of(rounds, 3 * TURNS) == {7: [TURNS, 2 * TURNS, 3 * TURNS]}


def test_those_who_come_at_once_are_spread_over_half_a_round() -> None:
    rounds: Rounds[int] = Rounds()
    for guest in range(5000):
        rounds.add(guest)
    had = turns_of(rounds, TURNS)
    assert len(had) == 5000
    first = Counter(numbers[0] for numbers in had.values())
    assert min(first) > TURNS - SPREAD
    assert max(first.values()) == 5000 // SPREAD


def test_whoever_left_has_no_turn() -> None:
    rounds: Rounds[int] = Rounds()
    rounds.remove(7, rounds.add(7))
    assert turns_of(rounds, TURNS) == {}


def test_a_guest_is_looked_at_again_eight_seconds_after_their_turn() -> None:
    rounds: Rounds[int] = Rounds()
    rounds.add(7)
    turns_of(rounds, TURNS + ANSWER_TURNS - 1)
    assert rounds.turn()[2] == [7]
