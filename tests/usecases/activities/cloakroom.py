"""A type of activities in which members leave things of theirs that go with them: hats on hooks."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from liveroom.domain.activities.rules import ActivityMember, ActivityRules, ActivityStep
from liveroom.domain.ids import UserId


class Hooks(msgspec.Struct, frozen=True):
    """Whose hats hang there, the first one first."""

    hats: tuple[str, ...] = ()


class Cloakroom(ActivityRules[Hooks, Hooks]):
    """The rules: members hang hats of theirs; it is over when the last one is gone with its owner."""

    type: ClassVar[str] = "cloakroom"
    params = Hooks
    state = Hooks

    def start(self, params: Hooks, now: datetime) -> Hooks:
        return params

    def act(
        self, state: Hooks, action: str, data: Mapping[str, Any], participant: ActivityMember, now: datetime
    ) -> ActivityStep[Hooks]:
        return ActivityStep(Hooks((*state.hats, participant.user)))

    def people(self, state: Hooks) -> Collection[UserId]:
        return {UserId(hat) for hat in state.hats}

    def left(self, state: Hooks, who: UserId, now: datetime) -> ActivityStep[Hooks]:
        hats = tuple(hat for hat in state.hats if hat != who)
        return ActivityStep(Hooks(hats), is_over=not hats)
