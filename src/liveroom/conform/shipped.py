"""The shipped apps: what each sends and reads, read from the files in `apps/` and checked while it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

Sent = str | int | bool | Mapping[str, str]
_FOLDER: Final = files("liveroom.conform")
_KINDS: Final = frozenset({"text", "number", "object", "list", "texts", "switches"})
_WORDS: Final = frozenset({"needed", "never", "null", "decimal", "or"}) | _KINDS


class AppForm(StrEnum):
    """How a request carries its parameters."""

    GET = "GET"
    GET_QUERY = "GET query"
    GET_BOTH = "GET query and JSON"
    POST = "POST"
    POST_FORM = "POST form"
    POST_JSON = "POST JSON"

    @property
    def method(self) -> str:
        """Return the HTTP method."""
        return self.split()[0]

    @property
    def has_json(self) -> bool:
        """Say whether parameters travel as a JSON body."""
        return self.endswith("JSON")


class AppFailure(StrEnum):
    """What may be wrong with an answer, as far as an app notices a difference."""

    HTTP = "http"
    SHAPE = "shape"
    CODE = "code"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class FieldNeed:
    """What an app needs at one place of an answer, such as ``data[].roomId``."""

    place: str
    kinds: tuple[str, ...]
    """One of these: text, number, object, list, texts (an object of texts), switches (an object of true and false)."""
    is_needed: bool = False
    takes_null: bool = True
    is_decimal: bool = False
    """It is parsed as a 32-bit integer."""


class AnswerDecoder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the library accepts with which an app reads answers."""

    text: tuple[str, ...]
    number: tuple[str, ...]
    envelope: Mapping[str, Sequence[str]]
    whole_2xx: bool = False
    json_only: bool = False


class AnswerShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an app reads of an answer, and what happens where it cannot."""

    reads: Mapping[str, Sequence[str]] = {}
    """What is needed, in words, and at which places."""
    breaks: Mapping[str, str] = {}
    """What the app does, by the place at which the answer is wrong."""
    fails: Mapping[AppFailure, str] = {}
    signs: str = ""
    """The signature for Tencent IM: where it is empty, the app gets no further than its login."""
    data_on_error: bool = False
    """Whether it reads ``data`` before it looks at the code."""


class SentParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters by which a caller is known: those always sent, and those left out at times."""

    sends: Mapping[str, Sent] = {}
    sometimes: Mapping[str, Sent] = {}


class AppCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One call of an app, at its point of the app's life."""

    path: str
    """Below ``base/v1/``; with a slash in front, below the address itself."""
    does: str
    """What the app does then: ``goes live``."""
    form: AppForm
    answer: str
    identity: str = msgspec.field(name="as", default="")
    sends: Mapping[str, Sent] = {}
    sometimes: Mapping[str, Sent] = {}
    codes: tuple[int, ...] | Literal["any", "error", "refused"] = (0,)
    """Codes with which the app goes on; ``refused`` is any error that signs nobody out."""
    holds: str = ""
    """The room that the list has to show."""
    has: Mapping[str, str] = {}
    """Values that the answer has to have."""
    keeps: Mapping[str, str] = {}
    """What is used later on, and where the answer has it."""
    decoder: str = ""
    breaks: Mapping[str, str] = {}
    fails: Mapping[AppFailure, str] = {}
    may_refuse: str = ""
    """What the app then does without, for a feature that a service need not have."""
    limits: str = ""
    """What the app cannot do, although the answer is as it should be."""
    asks_code: bool = False
    opens: bool = False
    closes: bool = False
    needs_room: bool = False
    ends: Literal["", "session", "account"] = ""
    unused: bool = False
    """Whether the app's source declares it and no release calls it."""

    @property
    def uses_code(self) -> bool:
        """Say whether it takes a number to which a code can be sent."""
        return self.asks_code or "{sessionId}" in self.sends.values()


class ShippedApp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An app in the hands of users, which cannot be changed any more."""

    key: str = ""
    name: str
    decoder: str
    source: str
    fails: Mapping[AppFailure, str]
    answers: Mapping[str, AnswerShape]
    calls: Sequence[AppCall]
    identities: Mapping[str, SentParams] = {}
    signs_out_on: tuple[int, ...] = ()
    browser: bool = False
    below: str = ""
    """What it writes between the address and ``base/v1/``."""

    def path_of(self, call: AppCall) -> str:
        """Return where it sends the call, below the service's address."""
        return call.path[1:] if call.path.startswith("/") else f"{self.below}base/v1/{call.path}"

    def identity_of(self, call: AppCall) -> SentParams:
        """Return the parameters by which the call says who is calling."""
        return self.identities[call.identity] if call.identity else SentParams()

    def has_short_form(self, call: AppCall) -> bool:
        """Say whether it is also made without the parameters that are left out at times; not what can be done once."""
        return bool(call.sometimes or self.identity_of(call).sometimes) and not (call.ends or call.uses_code)

    def needs_of(self, call: AppCall) -> Sequence[FieldNeed]:
        """Return what it needs of the call's answer, outer places before those in them."""
        shape = self.answers[call.answer]
        needs = {
            place: read_need(words, place)
            for group in (self.decoder_of(call).envelope, shape.reads)
            for words, places in group.items()
            for place in places
        }
        return sorted(needs.values(), key=lambda need: need.place.count("."))

    def decoder_of(self, call: AppCall) -> AnswerDecoder:
        """Return what reads the call's answer."""
        return decoders()[call.decoder or self.decoder]

    def behaviour(self, call: AppCall, kind: AppFailure, place: str = "") -> str:
        """Return what it does when the call's answer fails in this way, at this place."""
        shape = self.answers[call.answer]
        at_place = call.breaks.get(place) or shape.breaks.get(place)
        of_kind = (given[kind] for given in (call.fails, shape.fails, self.fails) if given.get(kind))
        return at_place or next(of_kind, "does not go on")


def read_need(words: str, place: str) -> FieldNeed:
    """Read what is needed at a place: ``text``, ``needed decimal text``, ``never null text``, ``number or text``."""
    said = words.split()
    if not set(said) <= _WORDS:
        raise ValueError(f"{words!r} is not how a need is written")
    return FieldNeed(
        place,
        kinds=tuple(word for word in said if word in _KINDS),
        is_needed="needed" in said,
        takes_null="needed" not in said and "never" not in said,
        is_decimal="decimal" in said,
    )


@cache
def decoders() -> Mapping[str, AnswerDecoder]:
    """Return the decoders by their names."""
    text = (_FOLDER / "decoders.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=dict[str, AnswerDecoder])


@cache
def shipped_apps() -> Mapping[str, ShippedApp]:
    """Return the apps by their names on the command line: those with rooms first, then as they are called."""
    found = sorted((file for file in (_FOLDER / "apps").iterdir() if file.name.endswith(".toml")), key=str)
    apps = [_read(file.name.removesuffix(".toml"), file.read_text("utf-8")) for file in found]
    apps.sort(key=lambda app: not any(call.opens for call in app.calls))
    return {app.key: app for app in apps}


def _read(key: str, text: str) -> ShippedApp:
    app = msgspec.structs.replace(msgspec.toml.decode(text, type=ShippedApp), key=key)
    for call in app.calls:
        app.needs_of(call)
    return app
