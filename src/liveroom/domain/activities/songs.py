"""The song queue: members add songs and sing them, one after the other; everybody sees what plays, and where it is.

What the queue does is in ``song_queue``; here is who may do what. A song that plays is steered by its singer and by
hosts; of what waits everybody removes their own, and hosts remove and move all.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from liveroom.domain.activities import song_queue as queue
from liveroom.domain.activities.failures import ActivityRefuses
from liveroom.domain.activities.model import Tally
from liveroom.domain.activities.rules import ActivityMember, ActivityRules, ActivityStep
from liveroom.domain.activities.song_payloads import ShownSongQueue, SongQueueResult, shown_queue
from liveroom.domain.activities.song_queue import PER_PERSON_MAX, SCORE_MAX, SongQueueState, WhoSings
from liveroom.domain.errors import BadRequest, NotSeated, PermissionDenied
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import Payload


class SongQueueParams(Payload, kw_only=True):
    """What a queue is opened with."""

    who: WhoSings = WhoSings.EVERYONE
    most: int = 3
    """Songs of one person that wait."""


class _Asked(NamedTuple):
    """What somebody does in a queue."""

    state: SongQueueState
    data: Mapping[str, Any]
    member: ActivityMember
    now: datetime

    @property
    def entry(self) -> int:
        """Return which song they mean."""
        return int(self.data["entry"])


class SongQueue(ActivityRules[SongQueueParams, SongQueueState]):
    """The rules."""

    type: ClassVar[str] = "songs"
    params = SongQueueParams
    state = SongQueueState

    def start(self, params: SongQueueParams, now: datetime) -> SongQueueState:
        if not 1 <= params.most <= PER_PERSON_MAX:
            raise BadRequest(f"most: 1 to {PER_PERSON_MAX}")
        return SongQueueState(who=params.who, most=params.most)

    def act(
        self, state: SongQueueState, action: str, data: Mapping[str, Any], participant: ActivityMember, now: datetime
    ) -> ActivityStep[SongQueueState]:
        act = _ACTIONS.get(action)
        if act is None:
            return super().act(state, action, data, participant, now)
        return ActivityStep(act(_Asked(state, data, participant, now)))

    def due(self, state: SongQueueState) -> datetime | None:
        return queue.ends_at(state)

    def when_due(self, state: SongQueueState, now: datetime) -> ActivityStep[SongQueueState]:
        return ActivityStep(queue.with_next(state, now, is_sung=True))

    def people(self, state: SongQueueState) -> Collection[UserId]:
        return queue.people(state)

    def left(self, state: SongQueueState, who: UserId, now: datetime) -> ActivityStep[SongQueueState]:
        return ActivityStep(queue.without_person(state, who, now))

    def kept(self, state: SongQueueState) -> SongQueueState:
        return msgspec.structs.replace(state, waiting=(), playing=None, last=None)

    def is_tallied(self, state: SongQueueState) -> bool:
        return False

    def shown(self, state: SongQueueState) -> ShownSongQueue:
        return shown_queue(state)

    def result(self, state: SongQueueState, votes: int, tally: Tally) -> SongQueueResult:
        return SongQueueResult(sung=state.sung, queued=len(state.waiting))


def check_may_sing(state: SongQueueState, member: ActivityMember) -> None:
    """Raise ``PermissionDenied`` or ``NotSeated`` unless they may add songs and sing along."""
    if member.is_host or state.who is WhoSings.EVERYONE:
        return
    if state.who is WhoSings.HOSTS:
        raise PermissionDenied
    if not member.is_seated:
        raise NotSeated


def _add(asked: _Asked) -> SongQueueState:
    check_may_sing(asked.state, asked.member)
    return queue.with_added(asked.state, asked.data["song"], asked.member.user, asked.member.name, asked.now)


def _top(asked: _Asked) -> SongQueueState:
    if not asked.member.is_host:
        raise PermissionDenied
    return queue.with_first(asked.state, asked.entry)


def _remove(asked: _Asked) -> SongQueueState:
    _check_steers(asked.member, queue.waiting_song(asked.state, asked.entry).by)
    return queue.without_song(asked.state, asked.entry)


def _end(asked: _Asked, *, is_sung: bool) -> SongQueueState:
    _steered(asked)
    return queue.with_next(asked.state, asked.now, is_sung=is_sung)


def _skip(asked: _Asked) -> SongQueueState:
    return _end(asked, is_sung=False)


def _next(asked: _Asked) -> SongQueueState:
    return _end(asked, is_sung=True)


def _pause(asked: _Asked) -> SongQueueState:
    return queue.with_pause(asked.state, _steered(asked), asked.now, paused=True)


def _resume(asked: _Asked) -> SongQueueState:
    return queue.with_pause(asked.state, _steered(asked), asked.now, paused=False)


def _seek(asked: _Asked) -> SongQueueState:
    position: timedelta = asked.data["position"]
    return queue.with_position(asked.state, _steered(asked), position, asked.now)


def _join(asked: _Asked) -> SongQueueState:
    check_may_sing(asked.state, asked.member)
    playing = queue.playing_song(asked.state, asked.entry)
    return queue.with_chorus(asked.state, playing, asked.member.user, sings=True)


def _leave(asked: _Asked) -> SongQueueState:
    playing = queue.playing_song(asked.state, asked.entry)
    return queue.with_chorus(asked.state, playing, asked.member.user, sings=False)


def _score(asked: _Asked) -> SongQueueState:
    score = int(asked.data["score"])
    if not 0 <= score <= SCORE_MAX:
        raise ActivityRefuses(f"score: 0 to {SCORE_MAX}")
    return queue.with_score(asked.state, asked.entry, asked.member.user, score)


def _steered(asked: _Asked) -> queue.PlayingSong:
    """Return the song that plays, if it is the caller's to steer."""
    playing = queue.playing_song(asked.state, asked.entry)
    _check_steers(asked.member, playing.queued.by)
    return playing


def _check_steers(member: ActivityMember, by: UserId) -> None:
    if member.user != by and not member.is_host:
        raise PermissionDenied


_ACTIONS: Final[Mapping[str, Callable[[_Asked], SongQueueState]]] = {
    "add": _add,
    "top": _top,
    "remove": _remove,
    "skip": _skip,
    "next": _next,
    "pause": _pause,
    "resume": _resume,
    "seek": _seek,
    "join": _join,
    "leave": _leave,
    "score": _score,
}
