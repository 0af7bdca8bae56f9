"""`liveroom tenants secret`: the secrets with which an operator's own server signs its users in (docs/own-users.md)."""

from pathlib import Path

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import SOON, find_tenant, run
from liveroom.cli.output import list_rows, say
from liveroom.cli.trail import noted
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError

app = App(name="secret", help="Login secrets: your own server signs your users in.")


@app.command
def add(*, tag: str, tenant: str = DEFAULT_WORD, secret_file: Path | None = None) -> None:
    """Add a secret for logins with a tag and show it, this once. A second one is for rotation.

    Parameters
    ----------
    tag
        What the logins carry as `tag`; 1 to 32 characters.
    tenant
        Whose users they are.
    secret_file
        A file with your own secret, 32 characters or more; by default one is generated.
    """

    async def work(core: Core) -> None:
        whose = find_tenant(core, tenant)
        text = _read(secret_file) if secret_file is not None else ""
        async with noted(core, "tenants secret add", f"tag:{tag}", tenant=whose.name):
            added = await core.services.own_users.secrets.add(whose.name, tag, text)
        said, shown = f"secret {added.id} signs logins with the tag {tag}; {SOON}", {}
        if secret_file is None:
            said, shown = f"{said}\nit is shown this once: {added.secret}", {"secret": added.secret}
        say(said, id=added.id, tag=tag, **shown)

    run(work)


@app.command(name="list")
def show(*, tenant: str = DEFAULT_WORD) -> None:
    """List a tenant's secrets by tag, without their text."""

    async def work(core: Core) -> None:
        found = await core.services.own_users.secrets.stored(find_tenant(core, tenant).name)
        by_tag = sorted(found, key=lambda one: one.tag)
        list_rows(("id", "tag", "since"), [{"id": one.id, "tag": one.tag, "since": one.created} for one in by_tag])

    run(work)


@app.command
def remove(id: str, *, tenant: str = DEFAULT_WORD) -> None:
    """Remove a secret: logins signed with it are refused from then on; existing sessions continue."""

    async def work(core: Core) -> None:
        whose = find_tenant(core, tenant).name
        async with noted(core, "tenants secret remove", id, tenant=whose):
            await core.services.own_users.secrets.remove(id, whose)
        say(f"secret {id} is removed; {SOON}", id=id, removed=True)

    run(work)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError([f"{file} cannot be read: {problem}"]) from problem
