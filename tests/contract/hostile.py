"""Requests that nobody sends by accident: over the declared methods, in any encoding, with any JSON in any place."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from liveroom.api.declare import IN_CONSOLE, Who
from liveroom.api.methods import METHODS
from tests.service import BASE

PATHS: Final = ["/" + path for path in METHODS.methods]
_SPELLINGS: Final = ("{}", "/prod{}", "//dev{}", "{}/", "/local{}//")
_NAMES: Final = sorted({field.wire for method in METHODS.methods.values() for field in method.fields})
_IDENTITY: Final = ["userId", "apaasUserId", "token", "apaasAppId"]
_MARKERS: Final = ["me", "token", "my room", "their user", "their room", "their app", "foreign token"]
"""Texts that stand for what only a running service knows; `Hostile.fill` puts it in."""

_ODD_TEXTS: Final = [
    *("", " ", "0", "-1", "1", "2147483647", "2147483648", "9" * 400, "1e309", "NaN", "null", "true", "[]", "{}"),
    *("\x00", "\x07\x1b[31m", "\u202e\ufeff", "😀" * 200, "é" * 129, "\\u0000", "\r\nx-injected: 1", "..", "%s%n"),
    *("' OR 1=1 --", '"; DROP TABLE lr_users; --', "${jndi:ldap://x}", "{{7*7}}", "<script>", "../../etc/passwd"),
    *("anchor", "audience", "owner", "createUtc", "totalJoined", "2026-01-01 00:00:00", "md5", "sha256", "[1,2]"),
    *("x" * 65, "x" * 513, "x" * 5000, "party-1", "shop-40000001", "-", "eyJhbGciOiJub25lIn0.e30."),
]
ODD_VALUES: Final[list[Any]] = [
    *_ODD_TEXTS,
    *(f"<{marker}>" for marker in _MARKERS * 3),
    *(None, True, False, 0, 1, -1, 7.0, 1.5, 1e308, 2**31, 2**63, 10**40, -(10**40)),
    *([], {}, [[]], [{}], [None], ["1", "1"], [1, "<their room>"], ["x" * 65], ["<their user>"] * 101, [{"roomId": 1}]),
    *({"roomId": 1}, {"roomId": {"roomId": 1}}, {"$ne": ""}, {"": [[[[[[]]]]]]}, {"toString": 1}, {"__proto__": {}}),
]
_structures = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any], times: int) -> st.SearchStrategy[Any]:
    """Draw from the usual ones so many times as often; `one_of` knows no weights."""
    return st.sampled_from([usual] * times + [odd]).flatmap(lambda chosen: chosen)


_values = _mostly(st.sampled_from(ODD_VALUES), st.text(max_size=40) | _structures, 5)
_BODIES: Final = [
    *(b"{", b"[" * 5000, b'{"a":' * 3000, b"null", b"[]", b'"text"', b"0", b"\xef\xbb\xbf{}", b"\xff\xfe"),
    *(b"{" + b" " * 70_000 + b"}", b'{"userId":NaN}', b'{"token":Infinity}', b'{"a":1,"a":2}', b"userId=%00"),
    *(b"a=%ff&b=%", b"=&=&&", b"token[]=1&token=2", b"&" * 1500, b'{"x":"\\ud800"}', b'{"userId":1e400}'),
]
_KINDS: Final = [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data",
    "",
    "\xff",
]
_HEADERS: Final = [
    *(
        (b"authorization", value)
        for value in (b"Bearer", b"Bearer x", b"Basic eDp4", b"hmac id=\xff", b"Bearer <token>")
    ),
    *((b"accept-language", value) for value in (b"zh", b"en;q=x", b",;,", b"\xff" * 50, b"en-GB;q=0.1,zh-CN")),
    *((b"host", value) for value in (b"shop.example.com", b"", b"[::1]:80", b"\xff", b"a" * 300)),
    *((b"x-forwarded-for", value) for value in (b"1.2.3.4", b"unknown", b",,", b"::1, 10.0.0.1", b"\xff")),
    *((b"x-request-id", value) for value in (b"mine", b"\x00", b"x" * 500, b"<script>")),
    *((name, b"gzip") for name in (b"content-encoding", b"transfer-encoding", b"expect")),
    (b"content-length", b"-1"),
    (b"content-length", b"99999999999"),
]
_HEADER_SETS: Final = [*[()] * 60, *((header,) for header in _HEADERS), *itertools.pairwise(_HEADERS)]


@dataclass(frozen=True)
class Hostile:
    """One request, before it is known who sends it."""

    path: str
    method: str
    query: Mapping[str, Any]
    body: Mapping[str, Any] | bytes
    kind: str
    headers: tuple[tuple[bytes, bytes], ...]

    def scope(self, known: Mapping[str, str]) -> dict[str, Any]:
        """Return the ASGI scope of the request."""
        kind = [(b"content-type", self.kind.encode("latin-1"))] if self.kind else []
        headers = [(name, _filled(value.decode("latin-1"), known).encode("latin-1")) for name, value in self.headers]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "root_path": "",
            "query_string": _form(self.query, known),
            "headers": [*kind, (b"transfer-encoding", b"chunked"), *headers],
            "client": ("127.0.0.1", 40_000),
            "server": ("127.0.0.1", 80),
        }

    def content(self, known: Mapping[str, str]) -> bytes:
        """Return the request's body."""
        if isinstance(self.body, bytes):
            return self.body
        if "json" in self.kind:
            return json.dumps(_fill(self.body, known)).encode("utf-8", "surrogatepass")
        return _form(self.body, known)


def _filled(text: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(f"<{name}>", value)
    return text


def _fill(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _filled(value, known)
    if isinstance(value, dict):
        return {name: _fill(item, known) for name, item in value.items()}
    return [_fill(item, known) for item in value] if isinstance(value, list) else value


def _form(params: Mapping[str, Any], known: Mapping[str, str]) -> bytes:
    pairs = []
    for name, value in _fill(dict(params), known).items():
        for item in value if isinstance(value, list) else [value]:
            text = item if isinstance(item, str) else json.dumps(item)
            pairs.append(f"{_quoted(name)}={_quoted(text)}")
    return "&".join(pairs).encode()


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


_IDS: Final = ["<my room>", "<their room>", "<their user>", "<me>", "7001"]
_PLAUSIBLE: Final[Mapping[str, list[Any]]] = {
    **dict.fromkeys(("roomId", "searchUserId", "doctorUserId", "userIds", "roomIds", "targetId", "reportId"), _IDS),
    **{key: ["1", "1767225600000", "a" * 16] for key in ("requestId", "messageId")},
    **{key: ["1", 2, "50", 0] for key in ("seat", "seats", "count", "seconds", "minutes", "slowMode", "version")},
    **{key: [True, "false", 1] for key in ("locked", "audio", "video", "muted")},
    **{key: [{}, {"a": [1]}, '{"b":{}}'] for key in ("data", "metadata")},
    "role": ["anchor", "owner", "audience", "guest", "moderator"],
    "mode": ["free", "apply", "invite"],
    "access": ["public", "private", "invited"],
    "priority": ["low", "high"],
    "password": ["", "a secret"],
    "startUtc": ["2026-01-01 00:00:00"],
    "category": ["voiceRoom", "mlvb-show-live", "their-category"],
    **{
        name: ["", "小明", "a" * 32]
        for name in ("title", "name", "cover", "subject", "avatar", "tag", "text", "reason")
    },
    **{name: ["1", 2, "100", 0] for name in ("limit", "capacity", "offset")},
    "orderBy": ["createUtc", "totalJoined"],
    "username": ["<me>", "user-1"],
    "salt": ["0" * 32],
    "signature": ["0" * 32],
}
_SIGNED_IN: Final = {"userId": "<me>", "token": "<token>"}


def _params(path: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return parameters of the method's own names most of the time; the identity is mostly good."""
    fields = [field.wire for field in METHODS.methods[path.lstrip("/")].fields]
    names = st.sampled_from([*fields * 4, *_IDENTITY, *_NAMES])
    plausible = [(name, value) for name in fields for value in _PLAUSIBLE.get(name, ())]
    odd = st.tuples(names, _values)
    more = st.lists(_mostly(st.sampled_from(plausible), odd, 2) if plausible else odd, max_size=4)
    return st.tuples(st.sampled_from([*[_SIGNED_IN] * 5, {}]), more).map(lambda drawn: {**drawn[0], **dict(drawn[1])})


def _of(path: str) -> st.SearchStrategy[Hostile]:
    params = _params(path)
    return st.builds(
        Hostile,
        path=st.sampled_from([spelling.format(path) for spelling in _SPELLINGS]),
        method=st.sampled_from([*["GET", "POST"] * 12, "HEAD", "PUT", "DELETE", "PATCH", "BREW"]),
        query=_mostly(st.just({}), params, 3),
        body=_mostly(params, st.sampled_from(_BODIES) | st.binary(max_size=50), 9),
        kind=st.sampled_from([*_KINDS[:2] * 12, *_KINDS]),
        headers=st.sampled_from(_HEADER_SETS),
    )


_REQUESTS: Final = {path: _of(path) for path in PATHS}
_OFFERED: Final = [
    "/" + path
    for path, method in METHODS.methods.items()
    if method.is_offered and method.who not in {Who.KEY, *IN_CONSOLE}
]
"""What strangers get something from; the other paths are asked too, but seldom."""
requests: Final = st.sampled_from([*_OFFERED * 6, *PATHS]).flatmap(_REQUESTS.__getitem__)
assert all(path.startswith((BASE, "/getUserInfo")) for path in PATHS)
