"""Shipped apps played against a service of the tests, with codes that can be asked for."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import httpx

from liveroom.conform.playing import ContactCode
from liveroom.conform.session import ConformReport, ConformWish, run_conform
from liveroom.conform.shipped import ShippedApp, shipped_apps
from tests.service import CODE, Caller, fresh_contact

CANONICAL: Final[dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parent.parent / "data/canonical.json").read_text()
)
"""One good answer of each method of the original service."""
APPS: Final = shipped_apps()


def fresh_codes(apps: Sequence[ShippedApp]) -> list[ContactCode]:
    """Return a test number for each of the apps that sign in by code."""
    asking = [app for app in apps if any(call.asks_code for call in app.calls)]
    return [ContactCode(fresh_contact()[0], CODE) for _ in asking]


async def play(caller: Caller, *keys: str, http: httpx.AsyncClient | None = None) -> ConformReport:
    """Play these apps (all, unless some are named) against the caller's service, as fast as it answers."""
    apps = [APPS[key] for key in keys or APPS]
    url = str(caller.http.base_url).rstrip("/")
    wish = ConformWish(url, apps, fresh_codes(apps), pace=100_000, timeout=20)
    return await run_conform(wish, http or caller.http, caller.clock)


def canonical_of(path: str) -> dict[str, Any]:
    """Return the good answer at a path below the address."""
    return CANONICAL[f"/{path.removeprefix('prod/')}"]


def lacking(wanted: Any, found: Any, place: str) -> Iterator[str]:
    """Yield where an answer lacks a field of the canonical one, or has another type there."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            if name not in found:
                yield f"{place}.{name}"
            else:
                yield from lacking(value, found[name], f"{place}.{name}")
    elif isinstance(wanted, list) and isinstance(found, list):
        for item in found:
            yield from lacking(wanted[0], item, f"{place}[]")
    elif type(wanted) is not type(found):
        yield f"{place}: {found!r} for {wanted!r}"
