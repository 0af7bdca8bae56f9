"""`liveroom users`: the operator's hand on accounts. A running service takes it up within a second."""

from datetime import datetime, timedelta
from pathlib import Path

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import demo_users, find_tenant, run
from liveroom.cli.output import Row, list_rows, say, show_facts, show_time
from liveroom.cli.trail import noted_of_user
from liveroom.domain.accounts.users import FOR_EVER, User
from liveroom.domain.ids import UserId
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError
from liveroom.settings.values import parse_duration

app = App(name="users", help="List, ban, export and delete users; appoint admins.")
admin = App(name="admin", help="Admins moderate and close every room of their tenant, and ban from it.")
app.command(admin)


@app.command(name="list")
def show(*, tenant: str = DEFAULT_WORD, after: str = "", limit: int = 50) -> None:
    """List users in the order of their ids; for the next page, pass the last id shown as `--after`."""

    async def work(core: Core) -> None:
        found = await core.db.users.page(find_tenant(core, tenant).name, UserId(after), min(limit, 1000))
        now = core.clock.now()
        demo = set(await demo_users(core).all(find_tenant(core, tenant)))
        list_rows(("id", "name", "tag", "made", "state"), [_facts(user, now, user.id in demo) for user in found])

    run(work)


@app.command(name="show")
def one(user: str) -> None:
    """Show one user; if banned, why and until when (UTC)."""

    async def work(core: Core) -> None:
        found = await core.db.users.get(UserId(user))
        if found is None:
            raise SettingsError([f"there is no user {user}"])
        show_facts(_facts(found, core.clock.now(), await demo_users(core).is_demo(found.id)))

    run(work)


@app.command
def ban(user: str, *, time: str = "", reason: str = "", with_address: bool = False) -> None:
    """Ban a user, and end their sessions and stays.

    Parameters
    ----------
    user
        The user's id.
    time
        How long, such as 30m, 4h or 30d; permanently by default.
    reason
        Why; stored with the ban and shown to the user.
    with_address
        For a day at most, also refuse accounts created from now on from the address of the user's last logins. A
        carrier or a school puts thousands behind one address; existing accounts are not affected.
    """
    length = _duration(time) if time else None

    async def work(core: Core) -> None:
        until = FOR_EVER if length is None else core.clock.now() + length
        async with noted_of_user(core, "users ban", user, reason=reason):
            await core.moderation.ban(UserId(user), until, reason, with_address=with_address)
        end = "permanently" if until == FOR_EVER else f"until {show_time(until)} UTC"
        say(f"user {user} is banned {end}", user=user, banned_until=until, ban_reason=reason)

    run(work)


@app.command
def unban(user: str) -> None:
    """Lift a user's ban."""

    async def work(core: Core) -> None:
        async with noted_of_user(core, "users unban", user):
            await core.moderation.unban(UserId(user))
        say(f"user {user} can sign in again", user=user, banned_until=None)

    run(work)


@app.command(name="allow-no-ts")
def allow_no_ts(user: str) -> None:
    """Accept a user's login signatures without ts again, until they send one with it.

    Once a user has signed in with ts, signatures with that tag need it: whoever intercepts one without it could replay
    it.
    """

    async def work(core: Core) -> None:
        async with noted_of_user(core, "users allow-no-ts", user):
            changed = await core.moderation.accept_timeless(UserId(user))
        said = f"user {user} can {'sign in' if changed else 'already sign in'} without ts"
        say(said, user=user, changed=changed)

    run(work)


@app.command
def delete(user: str) -> None:
    """Delete a user's account permanently, as they could themselves."""

    async def work(core: Core) -> None:
        async with noted_of_user(core, "users delete", user):
            await core.moderation.delete(UserId(user))
        say(f"user {user} is deleted", user=user, deleted=True)

    run(work)


@app.command
def export(user: str, *, to: Path | None = None) -> None:
    """Write all that is kept of a user into a zip file of JSON, as they could download it themselves.

    Parameters
    ----------
    user
        The user's id.
    to
        The file to write; by default user-<id>.zip here. One that is there already is not touched.
    """

    async def work(core: Core) -> None:
        found = await core.db.users.get(UserId(user))
        if found is None or found.deleted is not None:
            raise SettingsError([f"there is no user {user}"])
        file = to or Path(f"user-{user}.zip")
        async with noted_of_user(core, "users export", user):
            try:
                with file.open("xb") as archive:
                    file.chmod(0o600)
                    async for piece in core.services.console.exports.exports.archives.pieces(found.id):
                        archive.write(piece)
            except OSError as problem:
                raise SettingsError([f"{file} cannot be written: {problem.strerror}"]) from problem
        say(f"written: {file}", user=user, file=str(file))

    run(work)


@admin.command(name="add")
def add_admin(user: str) -> None:
    """Make a user an admin."""
    _name_admin(user, to=True)


@admin.command(name="remove")
def remove_admin(user: str) -> None:
    """Make an admin an ordinary user again."""
    _name_admin(user, to=False)


def _name_admin(user: str, *, to: bool) -> None:
    async def work(core: Core) -> None:
        async with noted_of_user(core, f"users admin {'add' if to else 'remove'}", user):
            await core.moderation.name_admin(UserId(user), admin=to)
        say(f"user {user} is {'an admin' if to else 'an ordinary user'} now", user=user, admin=to)

    run(work)


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as problem:
        raise SettingsError([f"--time: {problem}"]) from None


def _facts(user: User, now: datetime, is_demo: bool) -> Row:
    states = {"deleted": user.deleted, "banned": user.is_banned(now), "admin": user.admin, "demo": is_demo}
    state = next((state for state, holds in states.items() if holds), "")
    banned = {"banned_until": user.banned_until, "ban_reason": user.ban_reason} if state == "banned" else {}
    return {
        "id": user.id,
        "tenant": user.tenant or DEFAULT_WORD,
        "name": user.name,
        "tag": user.tag,
        "made": user.created,
        "state": state,
        **banned,
    }
