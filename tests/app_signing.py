"""A program that signs its calls with an app key, written from the gateway's documentation and not from our code."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from liveroom.domain.tenants.app_signatures import SignedCall

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def http_date(at: datetime) -> str:
    """Return a moment as the gateway's programs write it."""
    return at.strftime("%a, %d %b %Y %H:%M:%S GMT")


def content_md5(body: bytes) -> str:
    """Return the body's sum in the gateway's own way: base64 of the hex."""
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).hexdigest().encode()).decode()


def authorization(
    key: tuple[str, str], headers: Mapping[str, str], *, named: Sequence[str], rest: str = "", algorithm: str = "sha1"
) -> str:
    """Return the header for a signature of the named headers and of what comes behind them."""
    lines = [f"{name}: {headers[name]}" for name in named]
    content = "\n".join([*lines, rest] if rest else lines)
    made = base64.b64encode(hmac.new(key[1].encode(), content.encode(), algorithm).digest()).decode()
    return f'hmac id="{key[0]}", algorithm="hmac-{algorithm}", headers="{" ".join(named)}", signature="{made}"'


def sign_all(
    key: tuple[str, str],
    at: datetime,
    target: str,
    *,
    method: str = "POST",
    body: bytes = b"",
    kind: str = JSON,
    accept: str = JSON,
    algorithm: str = "sha1",
) -> dict[str, str]:
    """Return the headers of a call signed whole. ``target`` is path and parameters as the program writes them."""
    headers = {"x-date": http_date(at), "accept": accept}
    headers |= {"content-type": kind} if body else {}
    sums = {"content-md5": content_md5(body)} if body and kind != FORM else {}
    parts = [method, accept, headers.get("content-type", ""), sums.get("content-md5", ""), target]
    signed = authorization(key, headers, named=["x-date"], rest="\n".join(parts), algorithm=algorithm)
    return {**headers, **sums, "authorization": signed}


def sign_headers(key: tuple[str, str], headers: Mapping[str, str], algorithm: str = "sha1") -> dict[str, str]:
    """Return the headers of a call of which these headers alone are signed."""
    return {**headers, "authorization": authorization(key, headers, named=list(headers), algorithm=algorithm)}


def as_call(
    headers: Mapping[str, str],
    *,
    method: str = "POST",
    path: str = "/base/v1/rooms/query_room",
    query: bytes = b"",
    body: bytes = b"",
    spellings: Sequence[str] = (),
) -> SignedCall:
    """Return a call as the door keeps it."""
    raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    return SignedCall(raw[b"authorization"], method, (path, *spellings), query, body, raw)
