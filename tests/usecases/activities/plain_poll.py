"""A poll as a dictionary: who has chosen what."""

from collections import Counter
from dataclasses import dataclass, field

Choices = tuple[int, ...]


@dataclass
class PlainPoll:
    """A poll, running or over."""

    options: int
    most: int
    closes: float | None = None
    reason: str = ""
    """Why it is over; "": it is not."""
    ballots: dict[int, Choices] = field(default_factory=dict)

    def takes(self, now: float) -> bool:
        """Say whether ballots are counted now."""
        return not self.reason and (self.closes is None or now < self.closes)

    def is_valid(self, choices: Choices) -> bool:
        """Say whether somebody may choose this."""
        return len(choices) <= self.most and all(choice < self.options for choice in choices)

    def step(self, now: float) -> None:
        """Let its time end it."""
        if not self.reason and not self.takes(now):
            self.reason = "timeOver"

    @property
    def tally(self) -> dict[str, int]:
        """Return how many ballots have each choice."""
        return dict(Counter(str(choice) for choices in self.ballots.values() for choice in choices))

    def take(self, votes: list[tuple[int, Choices]], outcomes: list[object], *, ends: bool, now: float) -> None:
        """Take votes that came at once, perhaps while it was ended. Raises ``AssertionError`` for impossible outcomes.

        An outcome is the failure's name, or the ballot that counts and whether it had been cast before.
        """
        takes, before, new = self.takes(now), dict(self.ballots), Counter[int]()
        for (fan, choices), outcome in zip(votes, outcomes, strict=True):
            if isinstance(outcome, str):
                wanted = "ActivityRefuses" if takes and not self.is_valid(choices) else "ActivityOver"
                assert outcome == wanted or (outcome == "ActivityOver" and ends), (fan, choices, outcome)
                assert outcome != "ActivityOver" or ends or not takes
                continue
            assert takes
            assert self.is_valid(choices)
            assert isinstance(outcome, tuple)
            ballot, is_repeated = outcome
            tried = {one for who, one in votes if who == fan and self.is_valid(one)}
            assert ballot == before[fan] if fan in before else ballot in tried
            assert self.ballots.setdefault(fan, ballot) == ballot, "the first one stays"
            new[fan] += not is_repeated
        assert all(count == (fan not in before) for fan, count in new.items()), "each counts once"
        if ends and not self.reason:
            self.reason = "ended"
