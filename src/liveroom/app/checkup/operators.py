"""The operators' console: whether those who sign in have a second factor, who never used a link, and who can listen."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from ipaddress import ip_address

from liveroom.app.checkup.current_database import current_database
from liveroom.domain.findings import Finding, ok, warn
from liveroom.domain.operators.account import OperatorAccount
from liveroom.ports import Clock
from liveroom.settings import Settings


async def look_at_operators(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Look at every operator, and at where the console is served."""
    async with current_database(settings) as db:
        accounts = [] if db is None else [stored.item for stored in await db.operators.list()]
    for finding in judge_operators(accounts, clock.now()):
        yield finding
    if settings.console and accounts:
        for finding in _judge_address(settings):
            yield finding


def judge_operators(accounts: Sequence[OperatorAccount], now: datetime) -> Iterator[Finding]:
    """Say what is worth knowing of operators who can sign in, and of those who never did."""
    enabled = [one for one in accounts if one.disabled is None]
    for one in enabled:
        if one.link and not one.has_link(now):
            yield warn(
                f"operator {one.name}",
                "the invitation was not used in time",
                f"`liveroom operators reset {one.name}` makes a new link, or disable the operator",
            )
    # Whoever signs in at the company has their second factor there.
    here = [one for one in enabled if one.password]
    without = sorted(one.name for one in here if not one.has_totp)
    if without:
        whose = "no operator has one" if len(without) == len(here) else f"not everybody has one: {', '.join(without)}"
        yield warn("second factor", whose, "have them set one up; LIVEROOM_OPERATOR_TOTP=required makes it a must")
    elif here:
        yield ok("second factor", "every operator with a password has one")


def _judge_address(settings: Settings) -> Iterator[Finding]:
    host = settings.console_host if settings.console_port else settings.host
    if settings.https or _is_near(host) or settings.trusted_proxies:
        yield ok("console", "nobody can listen on the way to it, as far as the settings tell")
        return
    yield warn(
        "console",
        f"it is served at {host} without HTTPS: whoever listens on the way can take an operator's place",
        "serve it over HTTPS: behind a proxy that LIVEROOM_TRUSTED_PROXIES names, or with LIVEROOM_HTTPS=on; or set "
        "LIVEROOM_CONSOLE_HOST=127.0.0.1",
    )


def _is_near(host: str) -> bool:
    """Say whether an address to listen on is of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
