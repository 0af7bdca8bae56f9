"""The file of further servers of streams: each has a name, and is for some tenants or for all.

What is written about one server has the names of the installation's settings, without their beginning: `api_url` is
`LIVEROOM_STREAMS_API_URL`. So each is read, checked and built as if it were the only server of an installation.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from liveroom.settings.declaring import abouts
from liveroom.settings.settled import Settings

_KINDS: Final = ("css", "srs", "mediamtx", "nginx_rtmp")
_ABOUT: Final = ("kind", "tenants")
_STREAMS: Final = "streams_"
_OF_STREAMS: Final = (
    *("app", "callback_key", "play_key", "rtmp_url", "srt_url", "webrtc_url", "http_url", "flv_url", "token_key"),
    *("api_url", "api_user", "api_password"),
)
_OF_CSS: Final = (
    *("css_push_domain", "css_play_domain", "css_push_key", "css_push_backup_key", "css_play_key", "css_digest"),
)
_OF_TENCENT: Final = ("tencent_secret_id", "tencent_secret_key")
_SETTINGS: Final[Mapping[str, str]] = {
    **{name: _STREAMS + name for name in _OF_STREAMS},
    **{name: name for name in (*_OF_CSS, *_OF_TENCENT)},
}
"""What each word of the file sets."""
_RESET: Final = {*_SETTINGS.values()} - {*_OF_TENCENT}
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,15}")
_TENANT: Final = re.compile(r"[A-Za-z0-9_]{1,15}")


@dataclass(frozen=True, slots=True)
class NamedServer:
    """A server of the file."""

    name: str
    tenants: tuple[str, ...]
    """Whose it is, `default` for the tenant of calls that name none; none: everybody's who has none of their own."""
    settings: Settings
    """Of an installation that has this server alone."""


class ServerFile(NamedTuple):
    """What the file says, and what is wrong with it, as sentences."""

    servers: Sequence[NamedServer] = ()
    problems: Sequence[str] = ()


def read_server_file(settings: Settings) -> ServerFile:
    """Return the further servers: none without a file."""
    path = settings.streams_servers
    if path is None:
        return ServerFile()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        return ServerFile((), [f"{path} cannot be read ({problem}); make it a TOML file that this user may read."])
    servers, problems = list[NamedServer](), list[str]()
    for name, words in found.items():
        wrong = list(_wrong(name, words))
        problems += [f"{path}: {one}" for one in wrong]
        if wrong:
            continue
        values, unread = _values(words)
        problems += [f"{path}: {key} of [{name}] {why}." for key, why in unread.items()]
        if not unread:
            servers.append(NamedServer(name, tuple(words.get("tenants", ())), _alone(settings, words["kind"], values)))
    return ServerFile(servers, [*problems, *_doubled(path, settings, servers)])


def word_of(name: str) -> str:
    """Return what the file calls a setting."""
    return name.removeprefix(_STREAMS)


def _wrong(name: str, words: object) -> Iterator[str]:
    """Yield what is wrong with the form of what is written about a server."""
    if not isinstance(words, dict):
        yield f"{name} stands outside of a server; begin each server with its name in brackets, such as [europe]."
        return
    if not _NAME.fullmatch(name):
        yield f"[{name}] is no name of a server: up to 16 small letters, digits and -, beginning with a letter."
    if name in (*_KINDS, "livekit"):
        yield f"[{name}] is what the server of LIVEROOM_STREAMS is called; give this one another name."
    if words.get("kind") not in _KINDS:
        yield f"kind of [{name}] must be {', '.join(_KINDS[:-1])} or {_KINDS[-1]}."
    tenants = words.get("tenants", [])
    if not isinstance(tenants, list) or not all(isinstance(one, str) and _TENANT.fullmatch(one) for one in tenants):
        yield f'tenants of [{name}] must be a list of tenants\' names, such as ["acme"].'
    yield from _wrong_words(name, words)


def _wrong_words(name: str, words: Mapping[str, object]) -> Iterator[str]:
    for key, value in words.items():
        if key in _ABOUT:
            continue
        if key not in _SETTINGS:
            yield f"{key} of [{name}] is nothing that a server has; there are kind, tenants, {', '.join(_SETTINGS)}."
        elif not isinstance(value, str):
            yield f"{key} of [{name}] must be a text in quotes."


def _values(words: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is written about a server by the names of settings, and why what cannot be read."""
    values, unread = dict[str, Any](), dict[str, str]()
    for key, text in words.items():
        if key in _ABOUT or not text.strip():
            continue
        parse: Callable[[str], Any] = abouts(Settings)[_SETTINGS[key]].parse
        try:
            values[_SETTINGS[key]] = parse(text.strip())
        except ValueError as problem:
            unread[key] = str(problem)
    return values, unread


def _alone(settings: Settings, kind: str, values: Mapping[str, Any]) -> Settings:
    """Return the settings with this server in place of their own: of that one only Tencent's keys are kept."""
    unset = {one.name: one.default for one in fields(Settings) if one.name in _RESET}
    return replace(settings, streams=kind, streams_servers=None, **{**unset, **values})


def _doubled(path: Path, settings: Settings, servers: Sequence[NamedServer]) -> Iterator[str]:
    """Yield which servers show themselves by the same key: then one could speak for the other."""
    own = settings.streams_callback_key
    known = {} if own is None else {own.reveal(): settings.streams}
    for server in servers:
        key = server.settings.streams_callback_key
        if key is None:
            continue
        other = known.setdefault(key.reveal(), server.name)
        if other != server.name:
            yield f"{path}: [{server.name}] has the callback_key of {other}; give each server a key of its own."
