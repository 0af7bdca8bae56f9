"""`liveroom webhooks`: addresses of an operator's server that are told what happens."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Final

from cyclopts import App, Parameter
from rich.console import Console
from rich.text import Text

from liveroom.api.tellings import TELLINGS
from liveroom.app.assembly import Core
from liveroom.cli.core import DEFAULT_WORD, SOON, find_tenant, listing, people_text, read_span, run, show_span
from liveroom.domain.deliveries import Undelivered, Waiting, message_of, sample
from liveroom.domain.webhooks import BATCH, TIMEOUT, Webhook, WebhookState
from liveroom.settings import SettingsError

app = App(name="webhooks", help="Have an operator's server told what happens.")

_ALL: Final = "all"
_NOTHING: Final = Waiting("", 0, 0, datetime.min.replace(tzinfo=UTC))


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Options:
    """What a webhook is told, and how.

    Parameters
    ----------
    kind
        Told of events of this kind only, such as room.closed, or member.* for a family; may be given several times;
        all: of everything.
    category
        Told of rooms of this category only, and of nothing outside of rooms; may be given several times; all: of all.
    batch
        The most events of one message, 1 to 1000.
    timeout
        How long its answer is waited for, 1s to 30s.
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


_UNCHANGED: Final = Options()


@app.command
def add(url: str, *, tenant: str = DEFAULT_WORD, options: Options = _UNCHANGED) -> None:
    """Have an address told what happens, and print the secret that messages are signed with, this once.

    Parameters
    ----------
    url
        Where messages go: https://…, or http://… in a network of your own.
    tenant
        Of whose rooms and users it is told.
    """

    async def work(core: Core) -> None:
        _check_kinds(core, options)
        webhook = await core.outward.webhooks.add(
            find_tenant(core, tenant).name,
            url,
            kinds=_names(options.kind or ()),
            categories=_names(options.category or ()),
            batch=BATCH if options.batch is None else options.batch,
            timeout=TIMEOUT if options.timeout is None else read_span(options.timeout),
        )
        print(f"{webhook.id} is told what happens from now on; {SOON}")
        _print_secret(webhook)

    run(work)


@app.command(name="list")
def show() -> None:
    """List the webhooks of all tenants: what waits for each, and how it stands."""

    async def work(core: Core) -> None:
        waiting = {one.target: one for one in await core.db.event_lanes.waiting()}
        table = listing("webhook", "tenant and address", "told of", "how it stands")
        for webhook in core.outward.webhooks.all():
            there = waiting.get(webhook.id, _NOTHING)
            stands = (
                webhook.state.value,
                f"waiting: {_waiting(there, core.clock.now())}",
                f"dead letters: {await core.db.dead_events.count(webhook.id)}",
                *await _last_failure(core, webhook),
            )
            whose = _lines(webhook.tenant or DEFAULT_WORD, webhook.url)
            table.add_row(webhook.id, whose, people_text(_told_of(webhook)), _lines(*stands))
        Console().print(table)

    run(work)


@app.command(name="set")
def change(webhook: str, *, url: str = "", options: Options = _UNCHANGED) -> None:
    """Change a webhook; what is not given stays as it is.

    Parameters
    ----------
    url
        Where messages go from now on, those that wait included.
    """
    if not url and options == _UNCHANGED:
        raise SettingsError(["say what is to change: --url, --kind, --category, --batch or --timeout"])

    async def work(core: Core) -> None:
        core.outward.webhooks.find(webhook)
        _check_kinds(core, options)
        await core.outward.webhooks.change(
            webhook, lambda known: options.apply(replace(known, url=url) if url else known)
        )
        print(f"{webhook} is changed; {SOON}")

    run(work)


@app.command
def remove(webhook: str) -> None:
    """Tell an address nothing more; what waits for it and its dead letters are dropped."""

    async def work(core: Core) -> None:
        await core.outward.webhooks.remove(webhook)
        print(f"{webhook} is gone; {SOON}")

    run(work)


@app.command
def rotate(webhook: str) -> None:
    """Give a webhook a new secret and print it, this once; the present one signs beside it for 24 hours."""

    async def work(core: Core) -> None:
        _print_secret(await core.outward.webhooks.rotate(webhook))

    run(work)


@app.command
def off(webhook: str) -> None:
    """Tell an address nothing for now: what happens meanwhile is not kept for it, what waits goes on waiting."""
    _switch(webhook, WebhookState.OFF, f"{webhook} is off; {SOON}")


@app.command
def on(webhook: str) -> None:
    """Tell an address again: from now on, and what waits for it."""
    _switch(webhook, WebhookState.ON, f"{webhook} is on; {SOON}")


@app.command
def test(webhook: str) -> None:
    """Send a `webhook.test` event now, and print what is answered; the exit status is 2 where it is no success."""

    async def work(core: Core) -> None:
        found, now = core.outward.webhooks.find(webhook), core.clock.now()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            answered = await core.outward.posts.post(found, message_of([sample(found.tenant, now)], now))
        except Undelivered as failure:
            raise SettingsError([f"{failure}"]) from failure
        finally:
            await core.outward.posts.hang_up()
        said = f"HTTP {answered.status} ({(loop.time() - began) * 1000:.0f} ms) {answered.line}".rstrip()
        if not answered.is_good:
            raise SettingsError([f"{said}: taken is what is answered with 2xx"])
        Console().print(people_text(said))

    run(work)


@app.command
def log(webhook: str, *, limit: int = 20) -> None:
    """Show the last deliveries, the newest first: every failure, and some of those that went well.

    Parameters
    ----------
    limit
        How many are shown, at most 1000.
    """

    async def work(core: Core) -> None:
        core.outward.webhooks.find(webhook)
        table = listing("at (UTC)", "message", "events", "answer", "ms", "why not")
        for sent in await core.db.deliveries.list(webhook, max(1, min(limit, 1000))):
            answer = f"HTTP {sent.status}" if sent.status else ("none" if sent.reason else "good")
            row = (f"{sent.at:%Y-%m-%d %H:%M:%S}", sent.message, str(sent.events), answer, str(sent.millis))
            table.add_row(*row, people_text(sent.reason))
        Console().print(table)

    run(work)


@app.command
def dead(webhook: str, *, limit: int = 50) -> None:
    """List dead letters: events that were given up, the oldest first.

    Parameters
    ----------
    limit
        How many are shown, at most 1000.
    """

    async def work(core: Core) -> None:
        core.outward.webhooks.find(webhook)
        table = listing("event", "kind", "of", "number", "happened (UTC)", "why")
        for one in await core.db.dead_events.list(webhook, max(1, min(limit, 1000))):
            row = (one.id, one.kind, one.stream, str(one.seq), f"{one.at:%Y-%m-%d %H:%M:%S}")
            table.add_row(*row, people_text(one.reason if one.due is None else "waits to be delivered again"))
        Console().print(table)

    run(work)


@app.command
def replay(webhook: str, *, id: str = "", since: str = "") -> None:
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
        raise SettingsError(["say --id or --since, not both"])
    span = read_span(since) if since else None

    async def work(core: Core) -> None:
        count = await core.outward.webhooks.replay(webhook, span, id)
        print(f"{count} events are delivered again, as soon as a service runs")

    run(work)


def _switch(webhook: str, state: WebhookState, said: str) -> None:
    async def work(core: Core) -> None:
        await core.outward.webhooks.switch(webhook, state)
        print(said)

    run(work)


def _names(given: Sequence[str]) -> frozenset[str]:
    return frozenset() if _ALL in given else frozenset(given)


def _check_kinds(core: Core, options: Options) -> None:
    """Raise ``SettingsError`` for a kind that nothing is of: such a webhook would be told nothing, for ever."""
    kinds = {*TELLINGS, *(kind for one in core.modules.modules.installed for kind in one.module.events)}
    known = kinds | {f"{kind.partition('.')[0]}.*" for kind in kinds}
    for kind in _names(options.kind or ()):
        # What is not even written as a kind is refused with the rest of the webhook.
        if "." in kind and kind not in known:
            near = get_close_matches(kind, known, 1)
            hint = f"do you mean {near[0]}?" if near else "docs/webhook-events.md has them."
            raise SettingsError([f"nothing that happens is of the kind {kind!r}: {hint}"])


def _told_of(webhook: Webhook) -> str:
    kinds = " ".join(sorted(webhook.kinds)) or _ALL
    return f"{kinds} in {' '.join(sorted(webhook.categories))}" if webhook.categories else kinds


def _waiting(there: Waiting, now: datetime) -> str:
    if not there.events:
        return "0"
    late = max(now - there.since, timedelta(0))
    return f"{there.events} of {there.lanes} streams, for {show_span(timedelta(seconds=int(late.total_seconds())))}"


async def _last_failure(core: Core, webhook: Webhook) -> Sequence[str]:
    if webhook.reason:
        return [webhook.reason]
    for sent in await core.db.deliveries.list(webhook.id, 100):
        if sent.reason:
            return [f"last failure: {sent.at:%Y-%m-%d %H:%M:%S}: {sent.reason}"]
    return []


def _lines(*texts: str) -> Text:
    return Text("\n").join(people_text(text) for text in texts)


def _print_secret(webhook: Webhook) -> None:
    print(f"its secret, for your server: {webhook.secrets[0].text}")
