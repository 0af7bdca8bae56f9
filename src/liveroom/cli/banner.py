"""What `liveroom serve` prints first: where to reach it, where it keeps things, what is off and how to switch it on."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from liveroom import __version__
from liveroom.settings import Settings
from liveroom.settings.values import star_url_password


def banner(settings: Settings, addresses: Sequence[str]) -> RenderableType:
    """Return the banner for a terminal."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    for name, fact in _facts(settings, addresses):
        table.add_row(name, Text(fact))
    for name, remedy in _off(settings):
        table.add_row(Text(name, style="dim"), Text(f"off: {remedy}", style="dim"))
    title = Text.assemble(("liveroom", "bold green"), f" {__version__}")
    return Padding(Group(title, Padding(table, (1, 0, 0, 0))), (1, 2))


def banner_lines(settings: Settings, addresses: Sequence[str]) -> list[str]:
    """Return the banner as lines for a log."""
    on = [f"{name}: {fact}" for name, fact in _facts(settings, addresses)]
    return [f"liveroom {__version__}", *on, *(f"{name}: off: {remedy}" for name, remedy in _off(settings))]


def print_banner(settings: Settings, addresses: Sequence[str], console: Console) -> None:
    """Print the banner as the console can show it."""
    if console.is_terminal:
        console.print(banner(settings, addresses))
        return
    for line in banner_lines(settings, addresses):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _facts(settings: Settings, addresses: Sequence[str]) -> Iterator[tuple[str, str]]:
    for address in addresses:
        yield "address", f"{address}{settings.base_path}"
    yield "data folder", str(settings.data_dir)
    yield "database", star_url_password(settings.database_url)
    yield (
        "live store",
        "memory of this process" if settings.redis_url is None else star_url_password(settings.redis_url),
    )
    if settings.trtc_sdk_app_id:
        yield "TRTC", f"signs users in for SDKAppID {settings.trtc_sdk_app_id}"
    if settings.workers > 1:
        yield "processes", str(settings.workers)
    if settings.maintenance:
        yield "maintenance", "every call is answered with code 120"


def _off(settings: Settings) -> Iterator[tuple[str, str]]:
    switches = (
        (settings.redis_url is None, "more processes", "set LIVEROOM_REDIS_URL"),
        (not settings.trtc_sdk_app_id, "TRTC", "set LIVEROOM_TRTC_SDK_APP_ID and LIVEROOM_TRTC_SECRET"),
        (not settings.metrics, "metrics", "set LIVEROOM_METRICS=on"),
        (settings.internal_key is None, "POST /internal/tick", "set LIVEROOM_INTERNAL_KEY"),
        (settings.registration == "closed", "registration", "set LIVEROOM_REGISTRATION=open"),
    )
    yield from ((name, remedy) for is_off, name, remedy in switches if is_off)
    for module in settings.modules:
        if module.startswith("-"):
            yield f"module {module[1:]}", f"take {module} out of LIVEROOM_MODULES"
