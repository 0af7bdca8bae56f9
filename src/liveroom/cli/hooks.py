"""`liveroom hooks`: addresses of an operator's server that are asked before something happens."""

from collections.abc import Sequence
from typing import Final, Literal

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import SOON, find_tenant, read_span, run, show_span
from liveroom.cli.endpoints import EndpointCommands
from liveroom.cli.output import Row, list_rows, say
from liveroom.cli.trail import host_of, noted
from liveroom.domain.hooks.model import Hook, HookType, Otherwise
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError

app = App(name="hooks", help="Manage hooks: your server decides before something happens.")
_COMMANDS: Final[EndpointCommands[Hook]] = EndpointCommands("hook", lambda core: core.hook_calls.hooks)


@app.command
def add(
    moment: Literal["enter", "go_live", "role", "text", "upload", "gift"],
    url: str,
    *,
    tenant: str = DEFAULT_WORD,
    timeout: str = "",
    otherwise: Literal["allow", "refuse"] | None = None,
    category: Sequence[str] = (),
) -> None:
    """Add a hook, and print the secret that signs its requests, this once.

    Parameters
    ----------
    moment
        What it is called before.
    url
        Where requests go: https://…, or http://… in your own network.
    tenant
        Whose rooms it is called for.
    timeout
        How long the caller may wait, 100ms to 5s; by default 1s, before a gift 2s.
    otherwise
        What applies when it does not answer; by default allow, before a gift always refuse.
    category
        Only for rooms of this category; may be given several times.
    """

    async def work(core: Core) -> None:
        whose = find_tenant(core, tenant).name
        async with noted(core, "hooks add", host_of(url), tenant=whose):
            hook = await core.hook_calls.hooks.add(
                whose,
                HookType(moment),
                url,
                categories=frozenset(category),
                timeout=read_span(timeout) if timeout else None,
                otherwise=Otherwise(otherwise) if otherwise else None,
            )
        _COMMANDS.say_secret(hook, f"{hook.id} is called before {hook.hook_type.value}; {SOON}")

    run(work)


@app.command(name="list")
def show() -> None:
    """List the hooks of all tenants."""

    async def work(core: Core) -> None:
        columns = ("hook", "tenant", "before", "address", "timeout", "otherwise")
        rows: list[Row] = [
            {
                "hook": hook.id,
                "tenant": hook.tenant or DEFAULT_WORD,
                "before": _before(hook),
                "address": hook.url,
                "timeout": show_span(hook.timeout),
                "otherwise": hook.otherwise.value,
            }
            for hook in core.hook_calls.hooks.all()
        ]
        list_rows(columns, rows)

    run(work)


@app.command
def remove(hook: str) -> None:
    """Remove a hook."""
    _COMMANDS.remove(hook)


@app.command
def rotate(hook: str) -> None:
    """Give a hook a new secret and print it, this once; the old one also signs for 24 hours."""
    _COMMANDS.rotate(hook)


@app.command
def test(hook: str) -> None:
    """Send a sample request now and print the answer; the exit status is 2 if there is none."""

    async def work(core: Core) -> None:
        found = core.hook_calls.hooks.find(hook)
        try:
            tried = await core.services.console.system.hooks.test(found)
        finally:
            await core.hook_calls.client.close()
        if (answer := tried.answer) is None:
            holds = "everybody is let in" if found.otherwise is Otherwise.ALLOW else "nobody is let in"
            raise SettingsError([f"{tried.problem}; until that is fixed, {holds}"])
        refused = f"refuse {answer.message!r}" if answer.message else "refuse, with liveroom's own message"
        said = "allow" if answer.allow else refused
        changed = f", set {dict(answer.changes)}" if answer.changes else ""
        say(
            f"{said}{changed} ({tried.millis} ms)",
            hook=hook,
            allow=answer.allow,
            message=answer.message,
            changes={name: str(value) for name, value in answer.changes.items()},
            milliseconds=tried.millis,
        )

    run(work)


def _before(hook: Hook) -> str:
    return f"{hook.hook_type.value} in {' '.join(sorted(hook.categories))}" if hook.categories else hook.hook_type.value
