"""One timer for all connections: what each needs every 25 s, spread over 25 s.

A round has 50 turns of half a second. A connection has its turn, at which it is pinged and its leases are renewed;
eight seconds later it is looked at whether it has answered.
"""

from typing import Final, Generic, TypeVar

TURNS: Final = 50
PERIOD: Final = 25
"""Seconds of a round."""
ANSWER_TURNS: Final = 16
"""Turns that a client has to answer a ping: eight seconds."""
SPREAD: Final = TURNS // 2
"""Turns over which those who come together are spread: a crowd that came at once is not pinged at once."""
_Participant = TypeVar("_Participant")


class Rounds(Generic[_Participant]):
    """Who has which turn."""

    def __init__(self) -> None:
        self._turns: list[set[_Participant]] = [set() for _ in range(TURNS)]
        self._now = 0

    def add(self, participant: _Participant) -> int:
        """Give a guest the least crowded of the turns just past, so that half a round at least is before the first.

        Return it.
        """
        turn = min(((self._now - back) % TURNS for back in range(SPREAD)), key=lambda turn: len(self._turns[turn]))
        self._turns[turn].add(participant)
        return turn

    def remove(self, participant: _Participant, turn: int) -> None:
        """Forget a guest."""
        self._turns[turn].discard(participant)

    def turn(self) -> tuple[int, list[_Participant], list[_Participant]]:
        """Go on by a turn: return its number, whose it is, and who was to answer by now."""
        self._now = (self._now + 1) % TURNS
        late = self._turns[(self._now - ANSWER_TURNS) % TURNS]
        return self._now, list(self._turns[self._now]), list(late)
