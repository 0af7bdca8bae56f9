"""`liveroom webhooks`: addresses of an operator's server that are told what happens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from cyclopts import App, Parameter

from liveroom.app.assembly import Core
from liveroom.cli.core import SOON, SortedId, find_tenant, read_span, run, show_span
from liveroom.cli.endpoints import EndpointCommands
from liveroom.cli.output import Row, list_rows, say
from liveroom.cli.trail import host_of, noted
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.domain.webhooks.deliveries import Backlog
from liveroom.domain.webhooks.model import BATCH, TIMEOUT, Webhook, WebhookState
from liveroom.settings import SettingsError

app = App(name="webhooks", help="Manage webhooks: your server receives events.")

_COMMANDS: Final[EndpointCommands[Webhook]] = EndpointCommands("webhook", lambda core: core.outward.webhooks)
_ALL: Final = "all"


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """A webhook's options.

    Parameters
    ----------
    kind
        Only events of this kind, such as room.closed, or member.* for a family; may be given several times; `all` for
        everything.
    category
        Only rooms of this category, and nothing outside rooms; may be given several times; `all` for all.
    batch
        Maximum events per message, 1 to 1000.
    timeout
        How long to wait for the answer, 1s to 30s.
    """

    kind: Sequence[str] | None = None
    category: Sequence[str] | None = None
    batch: int | None = None
    timeout: str | None = None

    def apply(self, webhook: Webhook) -> Webhook:
        """Return the webhook with what was given."""
        return replace(
            webhook,
            kinds=webhook.kinds if self.kind is None else _names(self.kind),
            categories=webhook.categories if self.category is None else _names(self.category),
            batch=webhook.batch if self.batch is None else self.batch,
            timeout=webhook.timeout if self.timeout is None else read_span(self.timeout),
        )


_UNCHANGED: Final = WebhookOptions()


@app.command
def add(url: str, *, tenant: str = DEFAULT_WORD, options: WebhookOptions = _UNCHANGED) -> None:
    """Add a webhook, and print the secret that signs its messages, this once.

    Parameters
    ----------
    url
        Where messages go: https://…, or http://… in your own network.
    tenant
        Whose rooms and users it receives events about.
    """

    async def work(core: Core) -> None:
        core.services.console.system.webhooks.check_kinds(_names(options.kind or ()))
        whose = find_tenant(core, tenant).name
        async with noted(core, "webhooks add", host_of(url), tenant=whose):
            webhook = await core.outward.webhooks.add(
                whose,
                url,
                kinds=_names(options.kind or ()),
                categories=_names(options.category or ()),
                batch=BATCH if options.batch is None else options.batch,
                timeout=TIMEOUT if options.timeout is None else read_span(options.timeout),
            )
        _COMMANDS.say_secret(webhook, f"{webhook.id} receives events from now on; {SOON}")

    run(work)


@app.command(name="list")
def show() -> None:
    """List the webhooks of all tenants with their waiting events and state."""

    async def work(core: Core) -> None:
        webhooks = core.services.console.system.webhooks
        columns = ("webhook", "tenant", "address", "told_of", "state", "waiting", "dead_letters", "failure")
        rows: list[Row] = [
            {
                "webhook": one.webhook.id,
                "tenant": one.webhook.tenant or DEFAULT_WORD,
                "address": one.webhook.url,
                "told_of": _kinds_of(one.webhook),
                "state": one.webhook.state.value,
                "waiting": _waiting(one.waiting, core.clock.now()),
                "dead_letters": one.dead,
                "failure": one.failure if one.failed is None else f"{one.failed:%Y-%m-%d %H:%M:%S}: {one.failure}",
            }
            for one in await webhooks.standing(webhooks.webhooks.all())
        ]
        list_rows(columns, rows)

    run(work)


@app.command(name="set")
def change(webhook: str, *, url: str = "", options: WebhookOptions = _UNCHANGED) -> None:
    """Change a webhook; omitted options stay as they are.

    Parameters
    ----------
    url
        Where messages go from now on, including waiting ones.
    """
    if not url and options == _UNCHANGED:
        raise SettingsError(["nothing to change: give --url, --kind, --category, --batch or --timeout"])

    async def work(core: Core) -> None:
        core.outward.webhooks.find(webhook)
        core.services.console.system.webhooks.check_kinds(_names(options.kind or ()))
        async with _COMMANDS.noted(core, "set", webhook):
            await core.outward.webhooks.change(
                webhook, lambda known: options.apply(replace(known, url=url) if url else known)
            )
        say(f"{webhook} is changed; {SOON}", webhook=webhook, changed=True)

    run(work)


@app.command
def remove(webhook: str) -> None:
    """Remove a webhook with its waiting events and dead letters."""
    _COMMANDS.remove(webhook)


@app.command
def rotate(webhook: str) -> None:
    """Give a webhook a new secret and print it, this once; the old one also signs for 24 hours."""
    _COMMANDS.rotate(webhook)


@app.command
def off(webhook: str) -> None:
    """Pause a webhook: events that happen meanwhile are not stored for it, waiting ones stay."""
    _switch(webhook, WebhookState.OFF, f"{webhook} is off; {SOON}")


@app.command
def on(webhook: str) -> None:
    """Resume a webhook: new events, and those that wait."""
    _switch(webhook, WebhookState.ON, f"{webhook} is on; {SOON}")


@app.command
def test(webhook: str) -> None:
    """Send a `webhook.test` event now and print the answer; the exit status is 2 unless it succeeded."""

    async def work(core: Core) -> None:
        try:
            tried = await core.services.console.system.webhooks.test(core.outward.webhooks.find(webhook))
        finally:
            await core.outward.posts.hang_up()
        if not tried.status:
            raise SettingsError([tried.problem])
        said = f"HTTP {tried.status} ({tried.millis} ms) {tried.line}".rstrip()
        if tried.problem:
            raise SettingsError([f"{said}: {tried.problem}"])
        say(said, webhook=webhook, status=tried.status, milliseconds=tried.millis, line=tried.line)

    run(work)


@app.command
def log(webhook: str, *, limit: int = 20) -> None:
    """Show the last deliveries, newest first: every failure, and a sample of the successes.

    Parameters
    ----------
    limit
        How many are shown, at most 1000.
    """

    async def work(core: Core) -> None:
        core.outward.webhooks.find(webhook)
        rows: list[Row] = [
            {
                "at": sent.at,
                "message": sent.message,
                "events": sent.events,
                "answer": f"HTTP {sent.status}" if sent.status else ("none" if sent.reason else "good"),
                "ms": sent.millis,
                "why_not": sent.reason,
            }
            for sent in await core.db.deliveries.list(webhook, max(1, min(limit, 1000)))
        ]
        list_rows(("at", "message", "events", "answer", "ms", "why_not"), rows)

    run(work)


@app.command
def dead(webhook: str, *, limit: int = 50) -> None:
    """List dead letters, events that were given up, oldest first.

    Parameters
    ----------
    limit
        How many are shown, at most 1000.
    """

    async def work(core: Core) -> None:
        core.outward.webhooks.find(webhook)
        rows: list[Row] = [
            {
                "event": one.id,
                "kind": one.kind,
                "of": one.stream,
                "number": one.seq,
                "happened": one.at,
                "why": one.reason if one.due is None else "waiting to be delivered again",
            }
            for one in await core.db.dead_letters.list(webhook, max(1, min(limit, 1000)))
        ]
        list_rows(("event", "kind", "of", "number", "happened", "why"), rows)

    run(work)


@app.command
def replay(webhook: str, *, id: SortedId = "", since: str = "") -> None:
    """Deliver dead letters again; they come beside the streams, in no order with them, under their old ids.

    Parameters
    ----------
    id
        This dead letter only.
    since
        Also all events that happened within this time, such as 30m, 12h or 2d, and are still kept (8 days), whether
        they were delivered or not.
    """
    if id and since:
        raise SettingsError(["give --id or --since, not both"])
    span = read_span(since) if since else None

    async def work(core: Core) -> None:
        async with _COMMANDS.noted(core, "replay", webhook):
            count = await core.outward.webhooks.replay(webhook, span, id)
        say(f"{count} events will be delivered again as soon as a service runs", webhook=webhook, events=count)

    run(work)


def _switch(webhook: str, state: WebhookState, said: str) -> None:
    async def work(core: Core) -> None:
        async with _COMMANDS.noted(core, state.value, webhook):
            await core.outward.webhooks.switch(webhook, state)
        say(said, webhook=webhook, state=state.value)

    run(work)


def _names(given: Sequence[str]) -> frozenset[str]:
    return frozenset() if _ALL in given else frozenset(given)


def _kinds_of(webhook: Webhook) -> str:
    kinds = " ".join(sorted(webhook.kinds)) or _ALL
    return f"{kinds} in {' '.join(sorted(webhook.categories))}" if webhook.categories else kinds


def _waiting(there: Backlog, now: datetime) -> str:
    if not there.events:
        return "0"
    late = max(now - there.since, timedelta(0))
    return (
        f"{there.events} of {there.partitions} streams, for {show_span(timedelta(seconds=int(late.total_seconds())))}"
    )
