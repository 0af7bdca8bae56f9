"""A whole run: the service is checked, the apps play one after another, and everything is removed again."""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from liveroom.conform.accounts import RunAccounts
from liveroom.conform.phrases import counted
from liveroom.conform.playing import AppPlayer, CallVerdict, ContactCode, PlayedCall, Surroundings
from liveroom.conform.sending import AppSender, CannotConform, RequestPace, check_service
from liveroom.conform.shipped import ShippedApp
from liveroom.ports import Clock

_OWN_CALLS: Final = 5
"""What an app needs beside its own calls: an account, logins, and removing both."""
_HIGHEST_ID: Final = 2_147_483_647
_UNKNOWN_IDS: Final = 100_000_000


@dataclass(slots=True)
class ConformReport:
    """What a run found."""

    url: str
    results: list[PlayedCall] = field(default_factory=list)
    left_behind: Sequence[str] = ()
    stopped: str = ""
    """Why the run could not go on; empty when it was complete."""
    sent: int = 0

    @property
    def is_broken(self) -> bool:
        """Say whether an app would break."""
        return bool(self.of(CallVerdict.BREAKS))

    def count(self, app: ShippedApp) -> Counter[CallVerdict]:
        """Return how many calls of an app came to which verdict."""
        return Counter(result.verdict for result in self.results if result.app is app)

    def of(self, verdict: CallVerdict) -> Sequence[PlayedCall]:
        """Return the calls that came to a verdict."""
        return [result for result in self.results if result.verdict is verdict]

    @property
    def apps(self) -> Sequence[ShippedApp]:
        """Return the apps that have played, in this order."""
        return list({result.app.key: result.app for result in self.results}.values())


@dataclass(frozen=True, slots=True)
class ConformWish:
    """What was asked for on the command line."""

    url: str
    apps: Sequence[ShippedApp]
    codes: Sequence[ContactCode] = ()
    pace: float = 4.0
    """Requests a second, at most."""
    timeout: float = 10.0
    """Seconds after which an app gives up."""
    origin: str = "https://app.example.com"
    """The web origin of apps that are pages."""


def plan_of(wish: ConformWish) -> str:
    """Return what a run would do, in a sentence or two."""
    count = sum(2 if app.has_short_form(call) else 1 for app in wish.apps for call in app.calls)
    count += _OWN_CALLS * (len(wish.apps) + 1)
    return (
        f"As {counted(len(wish.apps), 'app')}, about {count} requests to {wish.url}, one at a time, {wish.pace:g} a "
        f"second ({count / wish.pace:.0f} s). Accounts named conform-… are registered, their rooms opened, and all of "
        "it removed; others may see these rooms in the list for a moment."
    )


async def run_conform(
    wish: ConformWish,
    http: httpx.AsyncClient,
    clock: Clock,
    on_app: Callable[[ShippedApp], object] = lambda app: None,
) -> ConformReport:
    """Play the apps against the service. What stops it is in the report, with what was found and left until then."""
    report = ConformReport(wish.url)
    sender = AppSender(http, wish.url, RequestPace(wish.pace), wish.timeout, wish.origin)
    accounts = RunAccounts(sender, clock, secrets.token_hex(4))
    other = accounts.new("other")
    try:
        await check_service(sender)
        await accounts.register(other)
        await accounts.sign_in(other)
        room = other.user if await accounts.go_live(other) else ""
        unknown = str(_HIGHEST_ID - secrets.randbelow(_UNKNOWN_IDS))
        around = Surroundings(other, room, unknown, list(wish.codes))
        for app in wish.apps:
            on_app(app)
            await _play(AppPlayer(app, sender, accounts, around), report)
    except CannotConform as problem:
        report.stopped = str(problem)
    finally:
        await accounts.remove(other)
        report.left_behind, report.sent = accounts.left_behind, sender.sent
    return report


async def _play(player: AppPlayer, report: ConformReport) -> None:
    try:
        for call in player.app.calls:
            report.results.append(await player.make(call))
    finally:
        await player.accounts.remove(player.account)
