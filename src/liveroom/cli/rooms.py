"""`liveroom rooms`: what is live, and closing it. A running service takes a closing up within a second."""

from cyclopts import App
from rich.console import Console
from rich.table import Table

from liveroom.app.assembly import Core
from liveroom.cli.core import DEFAULT_WORD, find_tenant, people_text, run
from liveroom.domain.ids import RoomId
from liveroom.domain.options import RoomOptions
from liveroom.domain.rooms import CloseReason
from liveroom.settings import SettingsError

app = App(name="rooms", help="List and close rooms.")


@app.command(name="list")
def show(*, tenant: str = DEFAULT_WORD, after: str = "", limit: int = 50) -> None:
    """List live rooms in the order of their ids; `--after` the last id shown gives the next page."""

    async def work(core: Core) -> None:
        rooms = await core.db.rooms.live(find_tenant(core, tenant).name, RoomId(after), min(limit, 1000))
        table = Table("room", "owner", "category", "title", "live since", "options")
        for room in rooms:
            wrote = (people_text(room.category), people_text(room.title))
            table.add_row(room.id, room.owner, *wrote, f"{room.opened:%Y-%m-%d %H:%M:%S}", options_text(room.options))
        Console().print(table)

    run(work)


def options_text(options: RoomOptions) -> str:
    """Return in a few words what is arranged of a room; nothing where nothing is."""
    words = [
        "" if options.is_listed else options.access.value,
        "password" if options.password else "",
        "muted" if options.muted else "",
        f"slow {options.slow.total_seconds():.0f} s" if options.slow else "",
        f"ends {options.ends:%Y-%m-%d %H:%M}" if options.ends is not None else "",
    ]
    return ", ".join(word for word in words if word)


@app.command
def close(room: str) -> None:
    """Close a room."""

    async def work(core: Core) -> None:
        if await core.broadcasts.close(RoomId(room), CloseReason.CLOSED_BY_ADMIN, broadcast=None) is None:
            raise SettingsError([f"there is no live room {room}"])
        print(f"room {room} is closed")

    run(work)
