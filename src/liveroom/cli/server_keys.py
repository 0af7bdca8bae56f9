"""`liveroom tenants key` and `liveroom audit`: keys for an operator's own backend, and what was done with them."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

from cyclopts import App, Parameter

from liveroom.app.assembly import Core
from liveroom.cli.core import SOON, find_tenant, run
from liveroom.cli.output import Row, list_rows, plain, prints_json, say
from liveroom.cli.trail import noted
from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.moderation.audit import AuditEntry, AuditId
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.domain.tenants.server_keys import ServerKey, actor_of
from liveroom.settings import SettingsError
from liveroom.settings.values import parse_duration

app = App(name="key", help="Server keys: your own backend calls the service with them.")

_MOST: Final = 10_000
_AUDITED: Final = (
    *("id", "at", "tenant", "actor", "action", "subject", "code"),
    *("address", "request", "room", "reason"),
)


@app.command
def add(
    *,
    name: str,
    tenant: str = DEFAULT_WORD,
    scope: Annotated[Sequence[str], Parameter(negative="")] = (),
    expires: str = "",
) -> None:
    """Create a key and show it, this once.

    Parameters
    ----------
    name
        What it is for, such as backend.
    tenant
        The tenant it belongs to.
    scope
        What it may do, such as act:rooms or admin:rooms; `act:*`, `admin:*` or `*` for all. May be given several
        times; without it the command lists them.
    expires
        How long it is valid, such as 90d; by default until it is revoked.
    """
    lasts = _duration("--expires", expires) if expires else None

    async def work(core: Core) -> None:
        holder = find_tenant(core, tenant).name
        async with noted(core, "tenants key add", name, tenant=holder):
            key, text = await core.services.server_keys.add(
                holder, name, scope, core.services.console.system.keys.scopes(), lasts=lasts
            )
        say(text, id=key.id, tenant=tenant, scopes=sorted(key.scopes), key=text)
        print(f"key {key.id} of the tenant {tenant}, shown only now; {SOON}", file=sys.stderr)

    run(work)


@app.command(name="list")
def show(*, tenant: str = DEFAULT_WORD) -> None:
    """List a tenant's keys, including revoked and expired ones."""

    async def work(core: Core) -> None:
        now = core.clock.now()
        rows: list[Row] = [
            {
                "key": key.id,
                "name": key.name,
                "scopes": sorted(key.scopes),
                "made": key.created,
                "state": _state(key, now),
                "last_used": key.used,
            }
            for key in await core.services.server_keys.stored(find_tenant(core, tenant).name)
        ]
        list_rows(("key", "name", "scopes", "made", "state", "last_used"), rows)

    run(work)


@app.command
def revoke(key: str) -> None:
    """Let a key count no more: within two seconds in every process.

    Parameters
    ----------
    key
        Its id, as `liveroom tenants key list` shows it.
    """

    async def work(core: Core) -> None:
        known = core.services.server_keys.get(key)
        tenant = known.tenant if known is not None else DEFAULT_TENANT
        async with noted(core, "tenants key revoke", actor_of(key), tenant=tenant):
            revoked = await core.services.server_keys.revoke(key)
        say(f"key {revoked.id} ({revoked.name}) is revoked", id=revoked.id, revoked=revoked.revoked)

    run(work)


def audit(*, tenant: str = "", key: str = "", room: str = "", since: str = "", limit: int = 50) -> None:
    """Show what was done with server keys and commands, and by owners, moderators and admins, newest first: time (UTC),
    tenant, who, method or command, for or to whom, the answer's code (-: none yet, or the process died), address,
    request id, and reason.

    Parameters
    ----------
    tenant
        Only in this tenant.
    key
        Only with this key.
    room
        Only actions of owner and moderators in this room of the tenant.
    since
        Only the last 30m, 12h or 7d, for example.
    limit
        How many.
    """
    ago = _duration("--since", since) if since else None

    async def work(core: Core) -> None:
        within = find_tenant(core, tenant).name if tenant else None
        after = None if ago is None else core.clock.now() - ago
        actor = actor_of(key) if key else ""
        most = max(1, min(limit, _MOST))
        if room:
            where = within if within is not None else DEFAULT_TENANT
            found = await core.services.audit.page(where, room=RoomId(room), before=AuditId(""), limit=most)
        else:
            found = await core.services.audit.newest(tenant=within, actor=actor, since=after, limit=most)
        _print(
            entry
            for entry in found
            if within in (None, entry.tenant) and actor in ("", entry.actor) and (after is None or entry.at >= after)
        )

    run(work)


def _print(entries: Iterable[AuditEntry]) -> None:
    if prints_json():
        list_rows(_AUDITED, [_facts(entry) for entry in entries])
        return
    for entry in entries:
        print(_line(entry))


def _facts(entry: AuditEntry) -> Row:
    named = (entry.id, entry.at, entry.tenant or DEFAULT_WORD, entry.actor, entry.action, entry.subject, entry.code)
    return dict(zip(_AUDITED, (*named, entry.address, entry.request, entry.room, entry.reason), strict=True))


def _line(entry: AuditEntry) -> str:
    """Return one line, whatever a caller wrote: its parts stand in one order and two blanks between them."""
    ended = "-" if entry.code is None else str(entry.code)
    parts = (entry.tenant or DEFAULT_WORD, entry.actor, entry.action, entry.subject or "-", ended, entry.address or "-")
    shown = (*map(plain, parts), entry.request or "-")
    return "  ".join((_time(entry.at), *shown, *([plain(entry.reason)] if entry.reason else [])))


def _duration(option: str, text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as problem:
        raise SettingsError([f"{option}: {problem}"]) from None


def _state(key: ServerKey, now: datetime) -> str:
    if key.revoked is not None:
        return f"revoked {_time(key.revoked)}"
    if key.expires is None:
        return "valid"
    return f"{'expired' if key.expires <= now else 'until'} {_time(key.expires)}"


def _time(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"
