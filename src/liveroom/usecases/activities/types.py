"""Which types of activities there are: ours, and those of installed packages."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from liveroom.domain.activities.failures import ActivityRefuses
from liveroom.domain.activities.goals import Goal
from liveroom.domain.activities.model import SHOWN_MAX, Activity, RunningActivity, running
from liveroom.domain.activities.polls import Poll
from liveroom.domain.activities.predictions import Prediction
from liveroom.domain.activities.questions import Questions
from liveroom.domain.activities.raids import Raid
from liveroom.domain.activities.rules import ActivityRules, AnyRules
from liveroom.domain.activities.songs import SongQueue
from liveroom.domain.errors import BadRequest

_OURS: Final[tuple[AnyRules, ...]] = (Poll(), Prediction(), Questions(), SongQueue(), Raid(), Goal())
_encode = msgspec.json.Encoder().encode


class Ruled(NamedTuple):
    """An activity with its rules, and its state as these have it."""

    activity: Activity
    rules: AnyRules
    state: Any

    def running(self) -> RunningActivity:
        """Return it as its room has it. Raises ``ActivityRefuses`` for what is too large to be shown."""
        shown = _encode(self.rules.shown(self.state))
        if len(shown) > SHOWN_MAX:
            raise ActivityRefuses(f"it shows more than {SHOWN_MAX} bytes")
        return running(self.activity, shown.decode(), tallied=self.rules.is_tallied(self.state))

    def kept(self) -> str:
        """Return what is kept of its state at its end, as JSON."""
        return write_state(self.rules.kept(self.state))

    def result(self) -> str:
        """Return what comes of it, as JSON."""
        return _encode(self.rules.result(self.state, self.activity.votes, self.activity.tally)).decode()


class ActivityTypes:
    """The rules by their types."""

    def __init__(self) -> None:
        self._rules: dict[str, AnyRules] = {rules.type: rules for rules in _OURS}

    def add(self, type: str, rules: AnyRules) -> None:
        """Add the rules of a package's type."""
        self._rules[type] = rules

    def with_people(self) -> Sequence[str]:
        """Return the types that have something of people which goes when these leave."""
        return [type for type, rules in self._rules.items() if has_people(rules)]

    def __getitem__(self, type: str) -> AnyRules:
        return self._rules[type]

    def read(self, activity: Activity) -> Ruled | None:
        """Return an activity with its state; None: its type is not offered, or cannot read it."""
        rules = self._rules.get(activity.type)
        if rules is None:
            return None
        try:
            return Ruled(activity, rules, msgspec.json.decode(activity.state, type=rules.state))
        except msgspec.DecodeError:
            return None


def has_people(rules: AnyRules) -> bool:
    """Say whether a type has something of people which goes when these leave."""
    return type(rules).people is not ActivityRules.people


def write_state(state: msgspec.Struct) -> str:
    """Return a state as a row has it."""
    return _encode(state).decode()


def read_params(rules: AnyRules, params: Mapping[str, Any] | msgspec.Struct) -> Any:
    """Return what an activity is begun with, for these rules. Raises ``BadRequest``."""
    if isinstance(params, msgspec.Struct):
        return params
    try:
        return msgspec.convert(params, rules.params)
    except msgspec.ValidationError as problem:
        raise BadRequest(f"params: {problem}") from None
