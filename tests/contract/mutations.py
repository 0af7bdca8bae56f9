"""Requests and socket messages as apps send them, and what is left of them after a few mutations."""

import json
import os
import random
from collections.abc import Callable
from typing import Final

from liveroom.api.methods import METHODS

Mutate = Callable[[random.Random, bytes], bytes]

_SITE: Final = [
    *("/", "/base/v1", "/helloworld", "/reference", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics"),
    *("/assets/x.js", "/favicon.svg", "/emulation", "/connection/http_stream", "/internal/tick", "/nowhere"),
    *("/callbacks/trtc", "/callbacks/im", "/callbacks/livekit", "/connection/sse?cf_connect=%7B%22id%22%3A1%7D"),
]
_SOCKET: Final = (
    "/connection/websocket?format=json",
    [
        *(("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")),
        *(("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Protocol", "centrifuge-protobuf")),
        ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
    ],
)
_DEEP: Final = '{"a":' * 1200 + "1" + "}" * 1200
_ODD_HEADERS: Final = [
    *("Accept: application/openmetrics-text; version=x", "Accept: text/html;q=x", "Accept-Encoding: br;q=,gzip"),
    *("Origin: http://[", "Origin: https://app.example.com", "Origin: null", "Host: second.example.com", "Host: [::1"),
    *("Accept-Language: " + "en;q=0.1," * 900, "Authorization: hmac a=b", "Authorization: Bearer lrk_x", "Cookie: a=b"),
    *("X-Forwarded-For: ::ffff:1.2.3.4%eth0, [", "X-Request-ID: \x7f", "Content-Type: application/json; charset=x"),
    *(
        "Content-Type: multipart/form-data; boundary",
        "Content-Encoding: gzip",
        "Content-Length: 7",
        "Expect: 100-continue",
    ),
    *("Transfer-Encoding: chunked", "Connection: close", "Connection: Upgrade", "Upgrade: h2c", "Range: bytes=-1"),
    *("If-None-Match: *", "Sec-WebSocket-Version: 7", "Sec-WebSocket-Key: x", "Access-Control-Request-Headers: \x80"),
]
_ODD_BYTES: Final = [
    *(
        b"\x00",
        b"\xff",
        b"\r\n",
        b"%",
        b"%ff",
        b"%00",
        b"[",
        b"]",
        b"{",
        b'"',
        b"=",
        b"&",
        b";",
        b"//",
        b"..",
        b"\xed\xa0\x80",
    ),
    *("\u202e😀".encode(), b"9" * 400, b"a" * 3000, b"&a=b" * 150, b"NaN", b"-1", b"1e999", b"null"),
]


_ENDING: Final = ("user_logout", "user_delete")
"""With these a good token would be none for all that follow."""


def _request(method: str, path: str, headers: list[tuple[str, str]], body: bytes = b"") -> bytes:
    given = [("Host", "live.example.com"), *headers, *([("Content-Length", str(len(body)))] if body else [])]
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given)]
    return "\r\n".join([*lines, "", ""]).encode() + body


def requests(user: str, token: str) -> list[bytes]:
    """Return a request for each path: of the site, of each method as a query, a form and JSON, and for a socket."""
    found = [_request(method, path, []) for path in _SITE for method in ("GET", "POST", "OPTIONS")]
    found += [_request("GET", *_SOCKET)] * 20
    for path, method in METHODS.methods.items():
        ends = path.endswith(_ENDING)
        params = {"userId": user, "token": "" if ends else token, **{field.wire: "1" for field in method.fields[:2]}}
        form = "&".join(f"{name}={value}" for name, value in params.items())
        found.append(_request("GET", f"/{path}?{form}", []))
        found.append(
            _request("POST", f"/{path}", [("Content-Type", "application/x-www-form-urlencoded")], form.encode())
        )
        found.append(
            _request("POST", f"/prod/{path}/", [("Content-Type", "application/json")], json.dumps(params).encode())
        )
    deep = [("Content-Type", "application/json")]
    return [*found, *(_request("POST", path, deep, _DEEP.encode()) for path in ("/emulation", "/base/v1/rooms/state"))]


def mutated(draw: random.Random, request: bytes) -> bytes:
    """Return a request with one to three mutations."""
    for _ in range(draw.randint(1, 3)):
        request = draw.choice(_MUTATIONS)(draw, request)
    return request


def _put_header(draw: random.Random, request: bytes) -> bytes:
    line, end, rest = request.partition(b"\r\n")
    return line + end + draw.choice(_ODD_HEADERS).encode("latin-1") + end + rest


def _put_bytes(draw: random.Random, text: bytes) -> bytes:
    at = draw.randrange(len(text) + 1)
    return text[:at] + draw.choice(_ODD_BYTES) + text[at:]


def _put_in_line(draw: random.Random, request: bytes) -> bytes:
    line, end, rest = request.partition(b"\r\n")
    return _put_bytes(draw, line) + end + rest


def _put_in_body(draw: random.Random, request: bytes) -> bytes:
    head, end, body = request.partition(b"\r\n\r\n")
    return head + end + (_put_bytes(draw, body)[: len(body)] if body else b"")


def _change(draw: random.Random, text: bytes) -> bytes:
    if not text:
        return text
    at = draw.randrange(len(text))
    return text[:at] + bytes([draw.randrange(256)]) + text[at + 1 :]


def _cut(draw: random.Random, text: bytes) -> bytes:
    start = draw.randrange(len(text) + 1)
    return text[:start] + text[start + draw.randint(1, 20) :]


def _double(draw: random.Random, text: bytes) -> bytes:
    start = draw.randrange(len(text) + 1)
    return text[: start + draw.randint(1, 60)] + text[start:]


_MUTATIONS: Final[list[Mutate]] = [
    *(_put_header, _put_header, _put_in_line, _put_in_body, _put_bytes, _change, _change, _cut, _double)
]


def handshake() -> bytes:
    """Return a request that opens a socket."""
    headers = [(name, value) for name, value in _SOCKET[1] if not name.endswith(("Protocol", "Extensions"))]
    return _request("GET", "/connection/websocket", headers)


def commands(user: str, token: str) -> list[bytes]:
    """Return messages that a socket's client sends."""
    asked = [
        {"id": 2, "subscribe": {"channel": "rooms:voiceRoom"}},
        {"id": 3, "subscribe": {"channel": f"user:{user}", "recover": True, "offset": 3, "epoch": "x"}},
        {"id": 4, "rpc": {"method": "rooms/create_room", "data": {"userId": user, "category": "voiceRoom"}}},
        {"id": 5, "rpc": {"method": "rtc/signal", "data": {"roomId": "1", "toUserId": user, "data": {"a": [{}]}}}},
        {"id": 6, "rpc": {"method": "user_keepalive", "data": {}}},
        *({"id": 7, name: {"channel": "room:1"}} for name in ("presence", "presence_stats", "history", "unsubscribe")),
        *({"id": 8, name: {"data": {"x": [1]}}} for name in ("publish", "send", "ping")),
        {"id": 9, "refresh": {"token": token}},
        {},
    ]
    return [json.dumps(one).encode() for one in asked] + [
        b'{"id":10,"rpc":{"method":"x","data":' + _DEEP.encode() + b"}}"
    ]


def connect(token: str) -> bytes:
    """Return the message with which a client begins."""
    return json.dumps({"id": 1, "connect": {"token": token}}).encode()


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """Return a message as a client sends it."""
    size = len(payload)
    head = bytes([0x80 | opcode, 0x80 | (size if size < 126 else 126)]) + (b"" if size < 126 else size.to_bytes(2))
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def mutated_frame(draw: random.Random, payload: bytes) -> bytes:
    """Return a frame that is wrong inside, or outside."""
    if draw.random() < 0.7:
        for _ in range(draw.randint(1, 3)):
            payload = draw.choice((_put_bytes, _change, _cut, _double))(draw, payload)
        return frame(payload[:60_000], draw.choice((1, 1, 1, 1, 2, 0, 8, 9, 10, 3)))
    return _change(draw, frame(payload[:60_000]))
