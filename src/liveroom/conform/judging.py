"""Whether an app can go on with an answer: what it needs of it, against what is there.

An app reads in this order, and so does this: whether there is a body at all, whether it is JSON, the envelope and the
fields, the code, and at last what the user would miss.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from liveroom.conform.phrases import counted, describe, likely_place, name_kind, quote, show
from liveroom.conform.shipped import AnswerDecoder, AppCall, AppFailure, FieldNeed, ShippedApp

INT32_MAX: Final = 2_147_483_647
SIGNING_OUT: Final = (203, 204)
CLIENTS_OWN: Final = (-1, -2)
"""Codes with which apps tell themselves of failures of their own; -2 opens the register page."""
_PAGE: Final = 10
"""The shortest page of a list that a service may answer with: a longer list may continue elsewhere."""
_MISSING: Final = object()
_NESTED: Final = re.compile(r"data[.\[]")
_ACCEPTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "number": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "numeric string": lambda value: isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value) is not None,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "texts": lambda value: isinstance(value, dict) and all(isinstance(item, str) for item in value.values()),
    "switches": lambda value: isinstance(value, dict) and all(isinstance(item, bool) for item in value.values()),
}


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What came back over HTTP."""

    status: int
    content_type: str
    text: str
    seconds: float = 0.0
    allows_origin: str = "*"
    """The web origins whose pages may read it."""
    allows_headers: str = ""
    """Of a preflight: the headers with which a page may send a request."""
    location: str = ""
    """Where it leads."""
    document: Any = field(init=False, repr=False)
    """The body as JSON, or None."""

    def __post_init__(self) -> None:
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            found = None
        object.__setattr__(self, "document", found)

    @property
    def code(self) -> int | None:
        """Return the code of the envelope, however it is written; None without one."""
        found = self.document.get("errorCode") if isinstance(self.document, dict) else None
        if isinstance(found, str) and re.fullmatch(r"-?[0-9]{1,9}", found):
            return int(found)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def value(self, place: str) -> Any:
        """Return what is at a place outside lists, such as ``data.userId``; None where nothing is."""
        return next((found for _, found in _values(self.document, place) if found is not _MISSING), None)


@dataclass(frozen=True, slots=True)
class AppProblem:
    """Something in an answer at which an app breaks."""

    place: str
    happens: str
    """What the app does then: ``crashes``."""
    fact: str
    """What it needs, and what it got."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What comes of an answer: an app that breaks, or one that goes on without something."""

    problems: Sequence[AppProblem] = ()
    limits: Sequence[str] = ()


@dataclass(slots=True)
class AnswerJudge:
    """Judges one answer as its app reads it."""

    app: ShippedApp
    call: AppCall
    answer: ServiceAnswer
    wanted_room: str = ""
    """The room that the list has to show."""
    origin: str = ""
    """The web origin of an app that is a page."""
    _limits: list[str] = field(default_factory=list)

    def judge(self) -> Judgement:
        """Return what comes of the answer: the first kind of failure is what the app shows."""
        problems: tuple[AppProblem, ...] = ()
        for look in (self._of_transport, self._of_success, self._of_shape, self._of_code, self._of_content):
            problems = tuple(look())
            if problems or (self._limits and not self._reads_body):
                break
        return Judgement(problems, () if problems else self._limits)

    @property
    def _decoder(self) -> AnswerDecoder:
        return self.app.decoder_of(self.call)

    def _problem(self, kind: AppFailure, fact: str, place: str = "") -> AppProblem:
        at = re.sub(r"\[\d+\]", "[]", place)
        return AppProblem(place, self.app.behaviour(self.call, kind, at), fact)

    def _of_transport(self) -> Iterator[AppProblem]:
        status, allowed = self.answer.status, self.answer.allows_origin
        if self.origin and allowed not in ("*", self.origin):
            fact = f"the browser withholds the answer: it allows no page of {self.origin} (Access-Control-Allow-Origin)"
            yield self._problem(AppFailure.HTTP, fact, "Access-Control-Allow-Origin")
        elif self._decoder.whole_2xx and not 200 <= status < 300:
            if self.call.may_refuse:
                self._limits.append(self.call.may_refuse)
                return
            fact = f"the answer has HTTP status {status}, and it accepts 200 to 299 only"
            yield self._problem(AppFailure.HTTP, fact, "HTTP status")
        elif self._decoder.json_only and not self.answer.content_type.startswith("application/json"):
            said = self.answer.content_type or "none"
            fact = f"it decodes application/json only, and the answer's Content-Type is {said}"
            yield self._problem(AppFailure.SHAPE, fact, "Content-Type")

    @property
    def _reads_body(self) -> bool:
        return not self._decoder.whole_2xx or 200 <= self.answer.status < 300

    def _of_success(self) -> Iterator[AppProblem]:
        """Yield that a call was a success which should not have been one."""
        expected = self.call.codes
        if self.answer.code == 0 and expected != "any" and not (isinstance(expected, tuple) and 0 in expected):
            needed = f"code {' or '.join(map(str, expected))}" if isinstance(expected, tuple) else "an error"
            happens = self.call.fails.get(AppFailure.CODE, "goes on as if nothing were wrong")
            yield AppProblem("errorCode", happens, f"it needs {needed}, the answer is code 0")

    def _of_shape(self) -> Iterator[AppProblem]:
        body, needs = self.answer.document, self.app.needs_of(self.call)
        if not isinstance(body, dict):
            if needs:
                fact = f"it reads an object of JSON, and the answer is {describe(self.answer.text)}"
                yield self._problem(AppFailure.SHAPE, fact)
            return
        wrong: set[str] = set()
        for need in needs:
            is_below = need.place.startswith(tuple(f"{place}{mark}" for place in wrong for mark in ".["))
            if is_below or (_NESTED.match(need.place) and self.answer.code):
                continue
            for problem in self._of_field(body, need):
                wrong.add(need.place)
                yield problem
        if self._reads_data_first and self.answer.code and not isinstance(body.get("data"), dict):
            fact = "it looks into data before it looks at the code, and this error has no object there"
            yield self._problem(AppFailure.SHAPE, fact, "data")

    @property
    def _reads_data_first(self) -> bool:
        return self.app.answers[self.call.answer].data_on_error

    def _of_field(self, body: Mapping[str, Any], need: FieldNeed) -> Iterator[AppProblem]:
        is_refused = bool(self.answer.code)
        for place, value in _values(body, need.place):
            if fact := self._fact(need, body, place, value, is_refused=is_refused):
                yield self._problem(AppFailure.SHAPE, fact, place)
                return

    def _fact(
        self, need: FieldNeed, body: Mapping[str, Any], place: str, value: Any, *, is_refused: bool
    ) -> str | None:
        """Return what is wrong with a value; of an error, ``data`` may be missing."""
        wanted = name_kind(need)
        if value is _MISSING or value is None:
            is_fine = not need.is_needed if value is _MISSING else need.takes_null
            if is_fine or (is_refused and place == "data"):
                return None
            found = "null" if value is None else "nothing there"
            return f"it needs {wanted} at {place}, the answer has {found}{likely_place(body, place)}"
        if not any(_ACCEPTS[form](value) for kind in need.kinds for form in self._accepted(kind)):
            return f"it reads {place} as {wanted}, the answer has {show(place, value)}"
        if need.is_decimal and not (re.fullmatch(r"[0-9]+", str(value)) and int(value) <= INT32_MAX):
            return f"it parses {place} as a 32-bit integer, the answer has {show(place, value)}"
        if need.kinds == ("number",) and abs(int(value)) > INT32_MAX:
            return f"it reads {place} as a 32-bit integer, the answer has {show(place, value)}"
        return None

    def _accepted(self, kind: str) -> Sequence[str]:
        match kind:
            case "text":
                return self._decoder.text
            case "number":
                return self._decoder.number
            case "list":
                return ("array",)
            case _:
                return (kind,)

    def _of_code(self) -> Iterator[AppProblem]:
        code, call = self.answer.code or 0, self.call
        expected = call.codes
        if code in CLIENTS_OWN:
            fact = f"code {code} is one of the app's own, which no service may send"
            yield self._problem(AppFailure.CODE, fact, "errorCode")
        elif code in self.app.signs_out_on and code not in (expected if isinstance(expected, tuple) else ()):
            if expected != "error":
                fact = f"code {code} means that the login has ended, and it has not"
                yield AppProblem("errorCode", "signs its user out", fact)
        elif call.may_refuse and code:
            self._limits.append(call.may_refuse)
        elif not _is_expected(code, expected):
            yield self._problem(AppFailure.CODE, self._wrong_code(code), "errorCode")

    def _wrong_code(self, code: int) -> str:
        expected = self.call.codes
        said = quote(str(self.answer.value("errorMessage")))
        if isinstance(expected, str):
            return f"code {code} ({said}) means that the login has ended, and the app needs another error"
        return f"the answer is code {code} ({said}), and it needs {' or '.join(map(str, expected))}"

    def _of_content(self) -> Iterator[AppProblem]:
        if self.call.limits:
            self._limits.append(self.call.limits)
        if self.answer.code:
            return
        if self.wanted_room:
            yield from self._of_list()
        for place, wanted in self.call.has.items():
            if (found := self.answer.value(place)) != wanted:
                fact = f"{place} has to be {wanted}, the answer has {show(place, found)}"
                yield self._problem(AppFailure.CODE, fact, place)
        signature = self.app.answers[self.call.answer].signs
        if signature and self.answer.value(signature) == "":
            self._limits.append(f"It cannot sign in to Tencent IM: {signature} is empty, as without a Tencent account.")

    def _of_list(self) -> Iterator[AppProblem]:
        rooms = self.answer.value("data")
        if not isinstance(rooms, list):
            fact = f"it reads data as an array, the answer has {show('data', rooms)}"
        elif len(rooms) < _PAGE and self.wanted_room not in map(_room_of, rooms):
            fact = f"the list has {counted(len(rooms), 'room')}, and not room {self.wanted_room}, which is live"
        else:
            return
        at_place = self.app.answers[self.call.answer].breaks.get("data")
        yield AppProblem("data", at_place or "does not show a live room", fact)


def _room_of(room: Any) -> str:
    return str(room.get("roomId")) if isinstance(room, dict) else ""


def _is_expected(code: int, expected: Sequence[int] | str) -> bool:
    match expected:
        case "any":
            return True
        case "error":
            return code != 0
        case "refused":
            return code not in (0, *SIGNING_OUT)
        case _:
            return code in expected


def _values(body: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield each value that a path such as ``data[].roomId`` names; below what is absent nothing is read."""
    reached: list[tuple[str, Any]] = [("", body)]
    for part in re.findall(r"[^.\[\]]+|\[\]", path):
        reached = [
            inner
            for place, value in reached
            if value is not None and value is not _MISSING
            for inner in _step(place, value, part)
        ]
    yield from reached


def _step(place: str, value: Any, part: str) -> Iterator[tuple[str, Any]]:
    if part == "[]":
        items = value if isinstance(value, list) else []
        yield from ((f"{place}[{number}]", item) for number, item in enumerate(items))
    else:
        yield f"{place}.{part}".lstrip("."), value.get(part, _MISSING) if isinstance(value, dict) else _MISSING
