"""The queue of songs as a value: what waits, what plays and where, who sings and with which scores."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from liveroom.domain.ids import UserId
from liveroom.domain.music.failures import SongNotFound, SongNotPlaying, SongQueued, TooManySongs
from liveroom.domain.music.model import Song

QUEUE_MAX: Final = 50
"""Songs that wait, of all people."""
PER_PERSON_MAX: Final = 20
CHORUS_MAX: Final = 8
"""Who sings along, beside who chose the song."""
SINGER_NAME_MAX: Final = 40
SCORE_MAX: Final = 100


class WhoSings(StrEnum):
    """Who may add songs and sing along."""

    EVERYONE = "everyone"
    SEATED = "seated"
    """Whoever has a seat, and hosts."""
    HOSTS = "hosts"


class QueuedSong(msgspec.Struct, frozen=True, kw_only=True):
    """A song that somebody has chosen."""

    entry: int
    """Its number in this queue: the same song may be there more than once."""
    song: Song
    by: UserId
    name: str


class PlayingSong(msgspec.Struct, frozen=True, kw_only=True):
    """The song that plays, and where it is: at ``position`` at the time ``since``, and going on unless ``paused``."""

    queued: QueuedSong
    position: timedelta
    since: datetime
    paused: bool = False
    chorus: tuple[UserId, ...] = ()
    scores: dict[UserId, int] = {}


class SungSong(msgspec.Struct, frozen=True, kw_only=True):
    """The song that was over last."""

    queued: QueuedSong
    chorus: tuple[UserId, ...]
    scores: dict[UserId, int]


class SongQueueState(msgspec.Struct, frozen=True, kw_only=True):
    """A queue."""

    who: WhoSings
    most: int
    """Songs of one person that wait."""
    entries: int = 0
    """How many were ever added."""
    waiting: tuple[QueuedSong, ...] = ()
    playing: PlayingSong | None = None
    """None only while nothing waits."""
    last: SungSong | None = None
    sung: int = 0
    """How many were sung to their end."""


def singers(song: PlayingSong | SungSong) -> tuple[UserId, ...]:
    """Return who sings: first who chose it, who leads."""
    return song.queued.by, *song.chorus


def position_at(playing: PlayingSong, now: datetime) -> timedelta:
    """Return where the song is at a time."""
    if playing.paused:
        return playing.position
    position, length = playing.position + max(now - playing.since, timedelta(0)), playing.queued.song.length
    return min(position, length) if length else position


def ends_at(state: SongQueueState) -> datetime | None:
    """Return when the song that plays is over by itself; None: nobody knows."""
    playing = state.playing
    if playing is None or playing.paused or not playing.queued.song.length:
        return None
    return playing.since + playing.queued.song.length - playing.position


def with_added(state: SongQueueState, song: Song, by: UserId, name: str, now: datetime) -> SongQueueState:
    """Return the queue with one more song, which plays at once if nothing does.

    Raises ``TooManySongs``, ``SongQueued``.
    """
    own = [queued for queued in state.waiting if queued.by == by]
    if len(state.waiting) >= QUEUE_MAX or len(own) >= state.most:
        raise TooManySongs
    before = [*([] if state.playing is None else [state.playing.queued]), *state.waiting][-1:]
    if any(queued.song.id == song.id for queued in [*before, *own]):
        raise SongQueued
    entry = state.entries + 1
    queued = QueuedSong(entry=entry, song=song, by=by, name=name[:SINGER_NAME_MAX])
    return _playing_on(replace(state, entries=entry, waiting=(*state.waiting, queued)), now)


def waiting_song(state: SongQueueState, entry: int) -> QueuedSong:
    """Return one that waits. Raises ``SongNotFound``."""
    for queued in state.waiting:
        if queued.entry == entry:
            return queued
    raise SongNotFound


def playing_song(state: SongQueueState, entry: int) -> PlayingSong:
    """Return what plays, if it is what the caller means. Raises ``SongNotPlaying``."""
    if state.playing is None or state.playing.queued.entry != entry:
        raise SongNotPlaying
    return state.playing


def with_first(state: SongQueueState, entry: int) -> SongQueueState:
    """Return the queue with a song moved to its top. Raises ``SongNotFound``."""
    queued = waiting_song(state, entry)
    return replace(state, waiting=(queued, *_others(state, lambda one: one.entry == entry)))


def without_song(state: SongQueueState, entry: int) -> SongQueueState:
    """Return the queue without a song that waits. Raises ``SongNotFound``."""
    waiting_song(state, entry)
    return replace(state, waiting=_others(state, lambda one: one.entry == entry))


def with_next(state: SongQueueState, now: datetime, *, is_sung: bool) -> SongQueueState:
    """Return the queue after the song that plays: the next one plays. ``is_sung``: to its end, not skipped."""
    over = state.playing
    if over is None:
        return state
    last = SungSong(queued=over.queued, chorus=over.chorus, scores=over.scores) if is_sung else state.last
    return _playing_on(replace(state, playing=None, last=last, sung=state.sung + is_sung), now)


def with_pause(state: SongQueueState, playing: PlayingSong, now: datetime, *, paused: bool) -> SongQueueState:
    """Return the queue with its song held, or going on; what is so already stays as it is."""
    if paused == playing.paused:
        return state
    held = replace(playing, position=position_at(playing, now), since=now, paused=paused)
    return replace(state, playing=held)


def with_position(
    state: SongQueueState, playing: PlayingSong, position: timedelta, now: datetime
) -> SongQueueState:  # fmt: skip
    """Return the queue with its song at another position, at most at its end."""
    length = playing.queued.song.length
    moved = min(position, length) if length else position
    return replace(state, playing=replace(playing, position=moved, since=now))


def with_chorus(state: SongQueueState, playing: PlayingSong, user: UserId, *, sings: bool) -> SongQueueState:
    """Return the queue with somebody who sings along, or no longer. Raises ``TooManySongs`` if there are enough."""
    chorus = tuple(one for one in playing.chorus if one != user)
    if sings and user != playing.queued.by:
        if len(chorus) >= CHORUS_MAX:
            raise TooManySongs
        chorus = playing.chorus if user in playing.chorus else (*chorus, user)
    return replace(state, playing=replace(playing, chorus=chorus))


def with_score(state: SongQueueState, entry: int, user: UserId, score: int) -> SongQueueState:
    """Return the queue with a singer's score, of the song that plays or was over last; a later one replaces it.

    Raises ``SongNotPlaying`` for any other, and for whoever does not sing it.
    """
    for name, song in (("playing", state.playing), ("last", state.last)):
        if song is not None and song.queued.entry == entry and user in singers(song):
            return replace(state, **{name: replace(song, scores={**song.scores, user: score})})
    raise SongNotPlaying


def people(state: SongQueueState) -> frozenset[UserId]:
    """Return of whom the queue has something."""
    known = {queued.by for queued in state.waiting}
    for song in (state.playing, state.last):
        known |= set() if song is None else {*singers(song), *song.scores}
    return frozenset(known)


def without_person(state: SongQueueState, user: UserId, now: datetime) -> SongQueueState:
    """Return the queue without what somebody has there: their songs, the one that plays too, and their voice."""
    last, playing = state.last, state.playing
    if last is not None and user in singers(last):
        last = None if last.queued.by == user else _without_voice(last, user)
    after = replace(state, waiting=_others(state, lambda one: one.by == user), last=last)
    if playing is None or user not in singers(playing):
        return after
    if playing.queued.by == user:
        return with_next(after, now, is_sung=False)
    return replace(after, playing=_without_voice(playing, user))


_Sung = TypeVar("_Sung", PlayingSong, SungSong)


def _without_voice(song: _Sung, user: UserId) -> _Sung:
    scores = {one: score for one, score in song.scores.items() if one != user}
    return replace(song, chorus=tuple(one for one in song.chorus if one != user), scores=scores)


def _others(state: SongQueueState, is_meant: Callable[[QueuedSong], bool]) -> tuple[QueuedSong, ...]:
    return tuple(queued for queued in state.waiting if not is_meant(queued))


def _playing_on(state: SongQueueState, now: datetime) -> SongQueueState:
    """Return the queue with its first song playing, if nothing does."""
    if state.playing is not None or not state.waiting:
        return state
    first, *rest = state.waiting
    return replace(state, playing=PlayingSong(queued=first, position=timedelta(0), since=now), waiting=tuple(rest))
