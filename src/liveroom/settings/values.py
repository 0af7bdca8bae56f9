"""The kinds of values that settings have: how each is read from text and written back as text.

Every parser takes the text that the operator wrote and raises `ValueError` with the end of a sentence ("must be …").
None of them repeats the text of a secret or of an address that may hold a password.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

STARS = "********"
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_NUMBER_MAX = 1_000_000.0
_SECRET_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_URL_PASSWORD = re.compile(r"(?<=://)([^/@:]*):([^/@]*)(?=@)")

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """Text that prints as stars; `reveal` is the one way to the text itself."""

    _text: str

    def reveal(self) -> str:
        return self._text

    def __str__(self) -> str:
        return STARS

    __repr__ = __str__


@dataclass(frozen=True, slots=True, repr=False)
class IceServerSetting:
    """A STUN or TURN server, as browsers are told of it; its credential prints as stars."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""

    def __str__(self) -> str:
        return ",".join(self.urls) + (f" ({STARS})" if self.credential else "")

    __repr__ = __str__


@dataclass(frozen=True, slots=True, repr=False)
class FixedCode:
    """A number or mailbox as the operator wrote it, and the code that is always its own; the code prints as stars."""

    contact: str
    code: str

    def __str__(self) -> str:
        return f"{self.contact}:{STARS}"

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class GroupRole:
    """The role that a group of the company has."""

    group: str
    role: str
    tenants: str
    """Names with a + between them; "" for all."""

    def __str__(self) -> str:
        return f"{self.group}={self.role}@{self.tenants}" if self.tenants else f"{self.group}={self.role}"


@dataclass(frozen=True, slots=True)
class ProductCoins:
    """A product of phones' stores, and how many coins it brings."""

    product: str
    coins: int

    def __str__(self) -> str:
        return f"{self.product}={self.coins}"


@dataclass(frozen=True, slots=True)
class NamedSecret:
    """One signing secret and the id under which tokens and stored salts remember it."""

    id: str
    value: Secret
    original: bool = field(default=False, compare=False)
    """The original service's own, by which its tokens go on working."""


def fingerprint(secret: str) -> str:
    """Return the id of a secret that was given none: it stays the same wherever the secret moves."""
    return "k" + hashlib.sha256(b"liveroom key id\n" + secret.encode()).hexdigest()[:8]


def parse_text(text: str) -> str:
    return text


def parse_whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise ValueError(f"must be a whole number, not {text!r}")
    return int(text)


def parse_number(text: str) -> float:
    """Read a number that is not negative, such as 0.5."""
    try:
        number = float(text)
    except ValueError:
        raise ValueError("must be a number, such as 0.5") from None
    if not 0 <= number <= _NUMBER_MAX:
        raise ValueError(f"must lie between 0 and {_NUMBER_MAX:.0f}")
    return number


def parse_switch(text: str) -> bool:
    lowered = text.lower()
    if lowered in {"on", "true", "yes", "1"}:
        return True
    if lowered in {"off", "false", "no", "0"}:
        return False
    raise ValueError(f"must be on or off, not {text!r}")


def parse_metrics(text: str) -> str:
    if text.lower() == "console":
        return "console"
    try:
        return "on" if parse_switch(text) else "off"
    except ValueError:
        raise ValueError(f"must be on, off or console, not {text!r}") from None


def parse_duration(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,9})\s*([smhd]?)", text.lower(), re.ASCII)
    if not found:
        raise ValueError(f"must be a time such as 90s, 30m, 4h or 30d, not {text!r}")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def parse_path(text: str) -> Path:
    return Path(text).expanduser()


def parse_secret(text: str) -> Secret:
    return Secret(text)


def parse_single_secret(text: str) -> tuple[NamedSecret, ...]:
    return (NamedSecret(fingerprint(text), Secret(text)),)


def parse_secrets(text: str) -> tuple[NamedSecret, ...]:
    """Read `id:value,id:value`, or a text without a colon as one secret."""
    if ":" not in text:
        return parse_single_secret(text)
    found = []
    for part in text.split(","):
        name, colon, value = (piece.strip() for piece in part.partition(":"))
        if not (colon and value and _SECRET_ID.fullmatch(name)):
            raise ValueError(
                "must be one secret without a colon, or a list id:value,id:value whose ids are letters and digits"
            )
        found.append(NamedSecret(name, Secret(value)))
    if len({named.id for named in found}) != len(found):
        raise ValueError("names the same id twice; give each secret an id of its own")
    return tuple(found)


def parse_list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def parse_ice_servers(text: str) -> tuple[IceServerSetting, ...]:
    """Read a list of addresses, or a JSON array of objects with `urls`, `username` and `credential`."""
    if not text.startswith("["):
        return tuple(IceServerSetting((url,)) for url in parse_list(text))
    try:
        return tuple(_ice_server(**found) for found in json.loads(text))
    except (ValueError, TypeError, RecursionError):
        raise ValueError(
            'must be a list of addresses, or a JSON array such as [{"urls":["turn:…"],"username":"…","credential":"…"}]'
        ) from None


def _ice_server(urls: str | list[str], username: str = "", credential: str = "") -> IceServerSetting:
    listed = (urls,) if isinstance(urls, str) else tuple(urls)
    if not listed or not all(isinstance(text, str) for text in (*listed, username, credential)):
        raise TypeError
    return IceServerSetting(listed, username, credential)


def parse_fixed_codes(text: str) -> tuple[FixedCode, ...]:
    found = [FixedCode(*(piece.strip() for piece in part.partition(":")[::2])) for part in parse_list(text)]
    if not all(fixed.contact and re.fullmatch(r"\d{6}", fixed.code, re.ASCII) for fixed in found):
        raise ValueError("must be a list number:code or mailbox:code whose codes have six digits")
    return tuple(found)


def parse_stages(text: str) -> tuple[str, ...]:
    """Read the stages; the root, which is always one, comes first."""
    stages = tuple(stage.strip("/") for stage in parse_list(text))
    for stage in stages:
        if not re.fullmatch(r"[A-Za-z0-9_-]*", stage):
            raise ValueError(f"must be a list of single path elements such as prod,dev; {stage!r} is none")
    return ("", *dict.fromkeys(stage for stage in stages if stage))


def parse_networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part, strict=False) for part in parse_list(text))
    except ValueError as problem:
        raise ValueError(f"must be a list of addresses or networks such as 10.0.0.0/8; {problem}") from None


def parse_base_path(text: str) -> str:
    path = text.strip("/")
    if not re.fullmatch(r"[A-Za-z0-9._~/-]*", path):
        raise ValueError(f"must be a path such as /live, not {text!r}")
    return f"/{path}" if path else ""


def parse_policies(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for part in parse_list(text):
        category, colon, policy = (piece.strip() for piece in part.partition(":"))
        if not (colon and category and policy in {"owner", "hosts"}):
            raise ValueError(f"must be a list category:owner or category:hosts; {part!r} is neither")
        found.append((category, policy))
    return tuple(found)


def parse_group_roles(text: str) -> tuple[GroupRole, ...]:
    found = []
    for part in parse_list(text):
        group, equals, role = (piece.strip() for piece in part.rpartition("="))
        role, _, tenants = (piece.strip() for piece in role.partition("@"))
        if not (equals and group and role):
            raise ValueError(f"must be a list group=role or group=role@tenant+tenant; {part!r} is neither")
        found.append(GroupRole(group, role, tenants))
    return tuple(found)


def parse_shares(text: str) -> tuple[int, ...]:
    shares = tuple(parse_whole(part) for part in parse_list(text))
    if len(shares) != 3 or min(shares) < 0 or sum(shares) != 1000:
        raise ValueError("must be three numbers per mille, 1000 together, such as 500,100,400")
    return shares


def parse_products(text: str) -> tuple[ProductCoins, ...]:
    found = []
    for part in parse_list(text):
        named = re.fullmatch(r"([A-Za-z0-9._-]{1,255})\s*=\s*(\d{1,9})", part, re.ASCII)
        if named is None or not int(named[2]):
            raise ValueError(f"must be a list product=coins such as coins_60=60,coins_300=300; {part!r} is none")
        found.append(ProductCoins(named[1], int(named[2])))
    if len({one.product for one in found}) != len(found):
        raise ValueError("names the same product twice")
    return tuple(found)


def parse_zone(text: str) -> str:
    try:
        if text:
            ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"must be a time zone such as Europe/Berlin, not {text!r}") from None
    return text


def choice(*allowed: str) -> Callable[[str], str]:
    """Return a parser that takes one of the words given, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError(f"must be {' or '.join(allowed)}, not {text!r}")
        return text.lower()

    return parse


def some_of(*allowed: str) -> Callable[[str], tuple[str, ...]]:
    """Return a parser that takes a list of the words given."""

    def parse(text: str) -> tuple[str, ...]:
        named = parse_list(text)
        if unknown := [word for word in named if word not in allowed]:
            raise ValueError(f"must be a list of {', '.join(allowed)}, not {unknown[0]!r}")
        return named

    return parse


def format_duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for letter in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[letter] == 0:
            return f"{seconds // _SECONDS[letter]}{letter}"
    return f"{seconds}s"


def star_url_password(text: str) -> str:
    """Return the text with the password of every address in it as stars."""
    return _URL_PASSWORD.sub(lambda found: f"{found[1]}:{STARS}", text)


def show(value: Any) -> str:
    """Return a value as an operator would write it; secrets and passwords come as stars."""
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case timedelta():
            return format_duration(value)
        case NamedSecret():
            return f"{value.id}:{STARS}"
        case tuple():
            return ",".join(":".join(item) if isinstance(item, tuple) else show(item) for item in value if item != "")
        case _:
            return star_url_password(str(value))
