"""Hooks: before somebody enters a room, goes live, is given a role, says something or sends a gift, the operator is
asked; and for the songs of their catalogue.

The permitted answers are defined here; any other answer counts as none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import LAST_ID
from liveroom.domain.music.answers import are_songs, is_cursor
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import CATEGORY_MAX, COVER_MAX, DESCRIPTION_MAX, SUBJECT_MAX, TITLE_MAX
from liveroom.domain.webhooks.endpoints import Endpoint

SENTENCE_MAX: Final = 200
TIMEOUT: Final = timedelta(seconds=1)
GIFT_TIMEOUT: Final = timedelta(seconds=2)
"""Of hooks before gifts, which always refuse when they do not answer: a little more patience sells more."""
SHORTEST: Final = timedelta(milliseconds=100)
LONGEST: Final = timedelta(seconds=5)
BREAKS_AFTER: Final = 5
"""Failures in a row after which a hook is left alone for a while."""
BREAK: Final = timedelta(seconds=5)
HOOKS_MAX: Final = 4
"""Hooks of one tenant and type: they are called one after another, while somebody waits."""


class HookType(StrEnum):
    """Before what a hook is called."""

    ENTER = "enter"
    GO_LIVE = "go_live"
    """A broadcast opens."""
    ROLE = "role"
    """An owner gives somebody a role in their room, or the room."""
    TEXT = "text"
    """Others come to see what somebody has written: a name, a title, a message."""
    UPLOAD = "upload"
    """Others come to see a file that somebody has uploaded."""
    GIFT = "gift"
    """Somebody pays for a gift."""
    SONG = "song"
    """Somebody looks for songs, or sings one: its answer has them."""

    @property
    def timeout(self) -> timedelta:
        """Return how long is waited for its answer, unless the hook says something else."""
        return GIFT_TIMEOUT if self is HookType.GIFT else TIMEOUT

    @property
    def must_answer(self) -> bool:
        """Say whether nothing goes on without an answer, whatever the hook says."""
        return self in (HookType.GIFT, HookType.SONG)


class Otherwise(StrEnum):
    """What holds when a hook does not answer."""

    ALLOW = "allow"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Hook(Endpoint):
    """One address of an operator's server that is asked. Its id begins with ``hk_``."""

    hook_type: HookType
    categories: frozenset[str] = frozenset()
    """Of rooms that it is asked about; empty: all."""
    timeout: timedelta = TIMEOUT
    otherwise: Otherwise = Otherwise.ALLOW

    def is_about(self, category: str) -> bool:
        """Say whether it is asked about rooms of this category."""
        return not self.categories or category in self.categories


class HookAnswer(NamedTuple):
    """What was answered. ``changes``: fields that are to be others than was asked for."""

    allow: bool
    message: str = ""
    """To whoever is refused; "" says what the service says."""
    changes: Mapping[str, Any] = {}


ALLOWED: Final = HookAnswer(allow=True)


class HookFailed(Exception):
    """A hook did not answer what an answer is. The text is for operators and holds no secret."""


def _text(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= most and value.isprintable()


def _is_whole(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LAST_ID


def _is_description(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= DESCRIPTION_MAX and value.replace("\n", "").isprintable()


_MAY_SET: Final[Mapping[HookType, Mapping[str, Callable[[Any], bool]]]] = {
    HookType.ENTER: {"role": lambda value: value in (Role.AUDIENCE.value, Role.ANCHOR.value)},
    HookType.GO_LIVE: {
        "title": _text(TITLE_MAX),
        "category": _text(CATEGORY_MAX),
        "cover": _text(COVER_MAX),
        "subject": _text(SUBJECT_MAX),
        "description": _is_description,
        "capacity": _is_whole,
    },
    HookType.ROLE: {},
    HookType.TEXT: {"text": _is_description},
    HookType.UPLOAD: {},
    HookType.GIFT: {},
    HookType.SONG: {"songs": are_songs, "cursor": is_cursor},
}
"""What an answer may change, and which values are good."""


def read_answer(hook_type: HookType, given: Any) -> HookAnswer:
    """Return the answer that JSON holds. Raises ``HookFailed`` for what is none, and for values out of bounds."""
    if not isinstance(given, Mapping) or type(given.get("allow")) is not bool:
        raise HookFailed('it answered no JSON object with "allow": true or false')
    if not given["allow"]:
        return HookAnswer(allow=False, message=_sentence(given.get("message")))
    changes = given.get("set")
    if changes is None:
        return ALLOWED
    if not isinstance(changes, Mapping):
        raise HookFailed('its "set" is no object')
    check_changes(hook_type, changes)
    return HookAnswer(allow=True, changes=dict(changes))


def check_changes(hook_type: HookType, changes: Mapping[str, Any]) -> None:
    """Raise ``HookFailed`` unless an answer may change these fields to these values."""
    good = _MAY_SET[hook_type]
    for name, value in changes.items():
        if name not in good:
            raise HookFailed(f'its "set" names {str(name)[:40]!r}, which cannot be set before {hook_type.value}')
        if not good[name](value):
            raise HookFailed(f'its "set" has a {name} that is not possible')


def _sentence(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise HookFailed('its "message" is no text')
    shown = "".join(character if character.isprintable() else " " for character in value).strip()
    return shown[:SENTENCE_MAX]


def check_timeout(timeout: timedelta) -> None:
    """Raise ``BadRequest`` unless a hook may have this timeout."""
    if not SHORTEST <= timeout <= LONGEST:
        raise BadRequest("the timeout is 100ms to 5s: somebody waits for it")


def check_otherwise(hook_type: HookType, otherwise: Otherwise) -> None:
    """Raise ``BadRequest`` unless this may hold when a hook of that type does not answer."""
    if hook_type.must_answer and otherwise is not Otherwise.REFUSE:
        raise BadRequest(f"otherwise: must be refuse before a {hook_type.value}: unasked, nothing goes on")


def otherwise_of(hook_type: HookType) -> Otherwise:
    """Return what holds when a hook of that type does not answer, unless it says something else."""
    return Otherwise.REFUSE if hook_type.must_answer else Otherwise.ALLOW


class HookBreaker:
    """A breaker: stops calling a hook that keeps failing, and lets one call at a time through as a test."""

    def __init__(self) -> None:
        self.failures = 0
        """In a row."""
        self._until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Say whether the hook is left alone, but for a call now and then."""
        return self._until is not None

    def lets_through(self, now: datetime) -> bool:
        """Say whether to call now; while the breaker is open, that is once in each interval."""
        if self._until is None:
            return True
        if now < self._until:
            return False
        self._until = now + BREAK
        return True

    def succeeded(self) -> bool:
        """Note an answer; say whether the breaker was open."""
        was_open = self._until is not None
        self.failures, self._until = 0, None
        return was_open

    def failed(self, now: datetime) -> bool:
        """Note a failure; say whether it has opened the breaker."""
        self.failures += 1
        if self.failures < BREAKS_AFTER:
            return False
        opens = self._until is None
        self._until = now + BREAK
        return opens


_SAMPLE_PICTURE: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
"""One pixel."""
_SAMPLE_SEARCH: Final = {"text": "test", "songId": "", "cursor": "", "limit": 1}


def sample_question(hook_type: HookType) -> Mapping[str, Any]:
    """Return what a hook is asked when somebody tries it out."""
    if hook_type is HookType.SONG:
        return {"userId": "0", "roomId": "0", "category": "test", **_SAMPLE_SEARCH}
    return _sample_about_user(hook_type)


def _sample_about_user(hook_type: HookType) -> Mapping[str, Any]:
    user = {"userId": "0", "name": "liveroom hooks test", "avatar": ""}
    about = {**user, "roomId": "0", "category": "test", "title": "A sample question"}
    if hook_type is HookType.ENTER:
        return {**about, "role": "audience", "label": "", "ownerId": "0", "broadcastId": ""}
    if hook_type is HookType.TEXT:
        asked = {"kind": "message", "text": "A sample question", "userId": "0", "roomId": "0", "category": "test"}
        return {**asked, "replyTo": "", "mentions": []}
    if hook_type is HookType.UPLOAD:
        asked = {"uploadId": "0", "userId": "0", "roomId": "", "purpose": "avatar", "contentType": "image/png"}
        return {**asked, "width": 1, "height": 1, "content": _SAMPLE_PICTURE}
    if hook_type is HookType.GIFT:
        gift = {"giftId": "rose", "version": 1, "count": 1, "coins": 1, "key": "test", "comboId": ""}
        return {**user, "roomId": "0", "category": "test", "broadcastId": "", "receiverIds": ["1"], **gift}
    if hook_type is HookType.ROLE:
        return {**about, "ownerId": "0", "broadcastId": "", "targetId": "1", "role": "moderator"}
    return {**about, "cover": "", "subject": "", "description": "", "capacity": 0, "type": ""}
