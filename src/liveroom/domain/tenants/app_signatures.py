"""Calls signed by an app key: the two schemes of the cloud gateway's ``Authorization: hmac id="…"``.

*The whole call* is signed in the first: the lines of the named headers, then method, ``Accept``, ``Content-Type``,
``Content-MD5`` and path with parameters, a line each. *Only the named headers* in the second, older one. Which of them
a caller means shows in what its signature is of.

Programs write path and parameters in several ways. Each way that is accepted says, read as path and parameters, the
same as the call that came: so nothing that was signed can be made to mean anything else.
"""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import md5, sha256
from secrets import token_urlsafe
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from liveroom.domain.errors import CallUnsigned
from liveroom.domain.ids import TenantName

SCHEME: Final = b"hmac "
ALGORITHMS: Final = {f"hmac-{name}": name for name in ("sha1", "sha256", "sha384", "sha512")}
WINDOW: Final = timedelta(minutes=15)
"""How far the date of a call may be from our clock."""
DATES: Final = ("x-date", "date")
NAMED_MAX: Final = 20
"""Headers that a signature may name."""
ALL: Final = "*"
"""In a rule: every module."""
_PARAMETER: Final = re.compile(r'(?<![a-z])([a-z]++)="([^"]*)"\s*+(?:,|$)')
"""Tried once at each name, without a way back: a header is as long as whoever sends it likes."""
_FORM: Final = b"application/x-www-form-urlencoded"
_DIGEST: Final = re.compile(rb"sha-256=([A-Za-z0-9+/]{43}=)", re.IGNORECASE)

Rule = frozenset[str]
"""The modules whose calls a tenant wants signed, or ``ALL``; none for no rule."""


@dataclass(frozen=True, slots=True)
class AppKey:
    """A key with which one of an operator's programs signs its calls."""

    id: str
    tenant: TenantName
    name: str
    secret: str
    """As it signs; "" where it is not known."""
    created: datetime

    def __repr__(self) -> str:
        return f"AppKey(id={self.id!r}, tenant={self.tenant!r}, name={self.name!r})"


class SignedCall(NamedTuple):
    """A call that carries a signature, as it came."""

    authorization: bytes
    method: str
    paths: Sequence[str]
    """How its path may have been written: as it came, and without what a gateway or a proxy puts before it."""
    query: bytes
    body: bytes
    headers: Mapping[bytes, bytes]


class Signature(NamedTuple):
    """What the header says."""

    key: str
    algorithm: str
    named: tuple[str, ...]
    """The headers that are signed, in small letters."""
    given: bytes


def fresh_key_secret() -> str:
    """Return a secret of 256 bits."""
    return token_urlsafe(32)


def read_signature(authorization: bytes) -> Signature:
    """Return what an ``Authorization: hmac …`` header says; raises ``CallUnsigned``."""
    text = authorization[len(SCHEME) :].decode("latin-1")
    found = dict(_PARAMETER.findall(text))
    algorithm, named = found.get("algorithm", "").lower(), tuple(found.get("headers", "").lower().split())
    if not found.get("id") or not found.get("signature"):
        raise CallUnsigned('Authorization: hmac id="…", algorithm="…", headers="…", signature="…" is required')
    if algorithm not in ALGORITHMS:
        raise CallUnsigned(f"algorithm: must be one of {', '.join(ALGORITHMS)}")
    if len(named) > NAMED_MAX or not set(DATES) & set(named):
        raise CallUnsigned(f"headers: must include x-date or date, at most {NAMED_MAX} in all")
    return Signature(found["id"], algorithm, named, found["signature"].encode("latin-1"))


def check_call(call: SignedCall, signature: Signature, secret: str, now: datetime) -> None:
    """Raise ``CallUnsigned``, with what is wrong, unless the call is signed with this secret, now."""
    lines = [_line(call, name) for name in signature.named]
    _check_date(call, signature, now)
    _check_body(call, signature)
    for content in _contents(call, b"\n".join(lines)):
        made = hmac.digest(secret.encode(), content, ALGORITHMS[signature.algorithm])
        if hmac.compare_digest(b64encode(made), signature.given):
            return
    raise CallUnsigned("signature: does not match this call and the secret of this id")


def _line(call: SignedCall, name: str) -> bytes:
    value = call.headers.get(name.encode("latin-1"))
    if value is None:
        raise CallUnsigned("headers: one of the headers listed was not sent")
    return b"%b: %b" % (name.encode("latin-1"), value)


def _check_date(call: SignedCall, signature: Signature, now: datetime) -> None:
    name = next(name for name in DATES if name in signature.named)
    try:
        at = parsedate_to_datetime(call.headers[name.encode()].decode("latin-1"))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        is_near = abs(now - at) <= WINDOW
    except (ValueError, OverflowError):
        raise CallUnsigned(f"{name}: must be a date such as Mon, 19 Mar 2018 12:08:40 GMT") from None
    if not is_near:
        raise CallUnsigned(f"{name}: more than 15 minutes off the server's clock")


def _check_body(call: SignedCall, signature: Signature) -> None:
    """Refuse a body that is not the one that the headers tell of."""
    given = call.headers.get(b"content-md5", b"")
    if given and not _is_md5(given, call.body):
        raise CallUnsigned("Content-MD5: does not match the body")
    if "digest" in signature.named:
        claimed = _DIGEST.fullmatch(call.headers[b"digest"].strip())
        if claimed is None:
            raise CallUnsigned("digest: must be SHA-256=… of the body")
        if not hmac.compare_digest(claimed[1], b64encode(sha256(call.body).digest())):
            raise CallUnsigned("digest: does not match the body")


def _is_md5(given: bytes, body: bytes) -> bool:
    """Say whether it is the body's MD5 in base64: of its bytes, or of its hex, as the gateway's own examples write it.

    One of these examples leaves zeros at the start of the hex out.
    """
    made = md5(body, usedforsecurity=False)
    try:
        claimed = b64decode(given, validate=True)
    except ValueError:
        return False
    return claimed == made.digest() or claimed.lower().rjust(32, b"0") == made.hexdigest().encode()


def _contents(call: SignedCall, head: bytes) -> Iterator[bytes]:
    """Yield what the signature may be of."""
    yield head
    kind, accept = call.headers.get(b"content-type", b""), call.headers.get(b"accept", b"")
    start = b"%b\n%b\n%b\n%b\n" % (head, call.method.encode("latin-1"), accept, kind)
    is_form = _is_form(kind, call.body)
    ways = written(call.query, call.body if is_form else b"")
    for sum_ in _sums(call, is_form=is_form):
        for path in dict.fromkeys(call.paths):
            for parameters in ways:
                target = path.encode("latin-1", "replace") + (b"?" + parameters if parameters else b"")
                yield b"%b%b\n%b" % (start, sum_, target)


def _sums(call: SignedCall, *, is_form: bool) -> tuple[bytes, ...]:
    """Return what may stand for ``Content-MD5``.

    Programs that sign it and do not send it are known (an example of the gateway's own does so): then it is made here.
    """
    given = call.headers.get(b"content-md5", b"")
    if given or not call.body or is_form:
        return (given,)
    made = md5(call.body, usedforsecurity=False)
    return (b64encode(made.hexdigest().encode()), b64encode(made.digest()))


def _is_form(kind: bytes, body: bytes) -> bool:
    """Say whether the body's parameters are signed with the path's. What looks like JSON is read as such by us."""
    looks_like_json = body.removeprefix(b"\xef\xbb\xbf").strip()[:1] in (b"{", b"[")
    return kind.lower().startswith(_FORM) and b"json" not in kind.lower() and not looks_like_json


def written(query: bytes, form: bytes) -> list[bytes]:
    """Return how the parameters may be written in what is signed; raises ``CallUnsigned`` where that is ambiguous.

    Each way, sent as a query, says what query and form say.
    """
    asked, sent = _pairs(query), _pairs(form)
    keys = [_key(pair) for pair in (*asked, *sent)]
    names = {key: _name(key) for key in keys}
    is_split = {names[_key(pair)] for pair in asked} & {names[_key(pair)] for pair in sent}
    if is_split or len(set(names.values())) < len(names):
        raise CallUnsigned("parameters: one is in both query and form, or is written in two ways")
    is_unique = len(names) == len(keys)
    ways = list(_orders(asked, sent, is_unique=is_unique))
    plainly_asked, plainly_sent = _plain(asked), _plain(sent)
    if plainly_asked is not None and plainly_sent is not None:
        ways += _orders(plainly_asked, plainly_sent, is_unique=is_unique)
    return list(dict.fromkeys(ways))


def _orders(asked: Sequence[bytes], sent: Sequence[bytes], *, is_unique: bool) -> Iterator[bytes]:
    """Yield the parameters in each order that programs use; values of one name stay in their own."""
    by_name = sorted([*asked, *sent], key=_key)
    yield b"&".join(by_name)
    if is_unique:
        yield b"&".join(sorted(by_name))
    first, second = sorted(asked, key=_key), sorted(sent, key=_key)
    yield b"&".join([*first, *second])


def _pairs(form: bytes) -> list[bytes]:
    return [pair for pair in form.split(b"&") if pair]


def _key(pair: bytes) -> bytes:
    return pair.partition(b"=")[0]


def _name(key: bytes) -> bytes:
    """Return which parameter a key means to us."""
    return unquote_to_bytes(key.replace(b"+", b" ")).removesuffix(b"[]")


def _plain(pairs: Sequence[bytes]) -> list[bytes] | None:
    """Return the pairs as people write them, or None where these would mean something else when they are read again."""
    found = []
    for pair in pairs:
        key, sign, value = (unquote_to_bytes(part.replace(b"+", b" ")) for part in pair.partition(b"="))
        if b"=" in key or any(special in key + value for special in (b"%", b"+", b"&")):
            return None
        found.append(key + sign + value)
    return found
