"""`liveroom rooms`: what is live, and closing it. A running service takes a closing up within a second."""

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import find_tenant, run
from liveroom.cli.output import list_rows, say
from liveroom.cli.trail import noted
from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.rooms.model import CloseReason
from liveroom.domain.rooms.options import RoomOptions
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError

app = App(name="rooms", help="List and close rooms.")


@app.command(name="list")
def show(*, tenant: str = DEFAULT_WORD, after: str = "", limit: int = 50) -> None:
    """List live rooms in the order of their ids; for the next page, pass the last id shown as `--after`."""

    async def work(core: Core) -> None:
        rooms = await core.db.rooms.live(find_tenant(core, tenant).name, RoomId(after), min(limit, 1000))
        columns = ("room", "owner", "category", "title", "live_since", "options")
        cells = [
            (room.id, room.owner, room.category, room.title, room.opened, options_text(room.options)) for room in rooms
        ]
        list_rows(columns, [dict(zip(columns, row, strict=True)) for row in cells])

    run(work)


def options_text(options: RoomOptions) -> str:
    """Return a room's options in a few words; nothing for the defaults."""
    words = [
        "" if options.is_listed else options.access.value,
        "password" if options.password else "",
        "muted" if options.muted else "",
        "followers write" if options.followers_chat else "",
        "followers sit" if options.followers_seats else "",
        "recorded" if options.recorded else "",
        "live covers" if options.live_cover is not None else "",
        f"slow {options.slow.total_seconds():.0f} s" if options.slow else "",
        f"ends {options.ends:%Y-%m-%d %H:%M}" if options.ends is not None else "",
    ]
    return ", ".join(word for word in words if word)


@app.command
def close(room: str) -> None:
    """Close a room."""

    async def work(core: Core) -> None:
        found = await core.db.rooms.get(RoomId(room))
        tenant = DEFAULT_TENANT if found is None else found.tenant
        async with noted(core, "rooms close", f"room:{room}", tenant=tenant, room=room if found else ""):
            if await core.broadcasts.close(RoomId(room), CloseReason.CLOSED_BY_ADMIN, broadcast=None) is None:
                raise SettingsError([f"there is no live room {room}"])
        say(f"room {room} is closed", room=room, closed=True)

    run(work)
