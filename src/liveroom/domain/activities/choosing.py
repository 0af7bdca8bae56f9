"""What polls and predictions have in common: a question with options, of which members choose."""

from collections.abc import Mapping, Sequence
from typing import Final

from liveroom.domain.activities.failures import ActivityRefuses
from liveroom.domain.activities.model import Ballot
from liveroom.domain.errors import BadRequest

OPTIONS_MIN: Final = 2
OPTIONS_MAX: Final = 10
QUESTION_MAX: Final = 200
OPTION_MAX: Final = 64
LASTS_MIN: Final = 5
LASTS_MAX: Final = 24 * 60 * 60
"""Seconds."""


def check_question(question: str, options: Sequence[str]) -> None:
    """Raise ``BadRequest`` for what nobody can choose from."""
    if not question.strip() or len(question) > QUESTION_MAX:
        raise BadRequest(f"question: 1 to {QUESTION_MAX} characters")
    if not OPTIONS_MIN <= len(options) <= OPTIONS_MAX or len(set(options)) < len(options):
        raise BadRequest(f"options: {OPTIONS_MIN} to {OPTIONS_MAX} different ones")
    if any(not option.strip() or len(option) > OPTION_MAX for option in options):
        raise BadRequest(f"options: each has 1 to {OPTION_MAX} characters")


def read_choices(choices: Sequence[str], options: Sequence[str], most: int) -> Ballot:
    """Return the ballot of somebody who chooses options by their numbers, from 0. Raises ``ActivityRefuses``."""
    known = {str(number) for number in range(len(options))}
    chosen = sorted(set(choices), key=lambda choice: (len(choice), choice))
    if not chosen or len(chosen) < len(choices) or not known.issuperset(chosen):
        raise ActivityRefuses(f"choices: different numbers from 0 to {len(options) - 1}")
    if len(chosen) > most:
        raise ActivityRefuses(f"choices: at most {most}")
    return Ballot(tuple(chosen))


def counts(tally: Mapping[str, int], options: Sequence[str]) -> list[int]:
    """Return how many ballots have each option."""
    return [tally.get(str(number), 0) for number in range(len(options))]


def question_texts(question: str, options: Sequence[str]) -> Mapping[str, str]:
    """Return what somebody wrote, for screening."""
    return {"question": question, **{f"option{number}": option for number, option in enumerate(options)}}


def screened(options: Sequence[str], texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return the options as they may be shown."""
    return tuple(texts[f"option{number}"] for number in range(len(options)))
