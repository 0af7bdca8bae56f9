"""What `liveroom serve` prints first: where to reach it, where it keeps things, what is off and how to switch it on.

Over HTTPS a terminal shows the address for phones as a QR code too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import segno
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from liveroom import __version__
from liveroom.http.certificates import own_path
from liveroom.http.pages import are_built
from liveroom.settings import Settings
from liveroom.settings.values import star_url_password

_HALVES: Final = {(0, 0): " ", (1, 0): "\N{UPPER HALF BLOCK}", (0, 1): "\N{LOWER HALF BLOCK}", (1, 1): "\N{FULL BLOCK}"}
"""Two modules of a QR code, one above the other, as one character."""


def banner(settings: Settings, addresses: Sequence[str], *, has_page: bool = True) -> RenderableType:
    """Return the banner for a terminal; ``has_page`` says whether the live page is built."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    for name, fact in _facts(settings, addresses, has_page):
        table.add_row(name, Text(fact))
    for name, remedy in _off(settings, has_page):
        table.add_row(Text(name, style="dim"), Text(f"off: {remedy}", style="dim"))
    parts: list[RenderableType] = [Padding(table, (1, 0, 0, 0))]
    if settings.https and addresses:
        parts.append(Padding(qr_code(f"{addresses[0]}{settings.base_path}/"), (1, 0, 0, 0)))
    title = Text.assemble(("liveroom", "bold green"), f" {__version__}")
    return Padding(Group(title, *parts), (1, 2))


def banner_lines(settings: Settings, addresses: Sequence[str], *, has_page: bool = True) -> list[str]:
    """Return the banner as lines for a log."""
    on = [f"{name}: {fact}" for name, fact in _facts(settings, addresses, has_page)]
    return [f"liveroom {__version__}", *on, *(f"{name}: off: {remedy}" for name, remedy in _off(settings, has_page))]


def print_banner(settings: Settings, addresses: Sequence[str], console: Console) -> None:
    """Print the banner as the console can show it."""
    if console.is_terminal:
        console.print(banner(settings, addresses, has_page=are_built()))
        return
    for line in banner_lines(settings, addresses, has_page=are_built()):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def print_first_link(link: str, console: Console) -> None:
    """Print the link that signs the first operator in, on a terminal: never in a log."""
    if console.is_terminal:
        told = "operate it: open this link; it signs you in, works once, and for ten minutes"
        console.print(Text(f"  {told}", style="bold"))
        # In one line, however long: a terminal wraps it by itself, and what it then copies is whole.
        console.print(Text(f"  {link}\n", style="cyan"), soft_wrap=True)


def addresses(settings: Settings, port: int, network: Sequence[str]) -> list[str]:
    """Return where the service is reached, the address for other machines first; ``network`` are the machine's."""
    scheme = "https" if settings.https else "http"
    hosts = [settings.host]
    if settings.host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        hosts = [*(network[:1] if settings.https else ()), "127.0.0.1"]
    return [f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}" for host in hosts]


def console_address(settings: Settings, service: Sequence[str]) -> str:
    """Return where the console is: beside the service at one of its addresses, or at a port of its own."""
    where = service[-1] if service else ""
    if settings.console_port:
        own = replace(settings, host=settings.console_host or settings.host)
        where = addresses(own, settings.console_port, ())[-1]
    return f"{where}{settings.base_path}/console"


def qr_code(address: str) -> Text:
    """Return an address as a picture for a phone's camera, black on white whatever colours the terminal has."""
    rows = [tuple(row) for row in segno.make(address, error="l").matrix_iter(border=2)]
    blank = (0,) * len(rows[0])
    pairs = zip(rows[::2], [*rows[1::2], blank], strict=False)
    lines = ("".join(_HALVES[upper, lower] for upper, lower in zip(*pair, strict=True)) for pair in pairs)
    return Text("\n".join(lines), style="black on white", no_wrap=True)


def _facts(settings: Settings, addresses: Sequence[str], has_page: bool) -> Iterator[tuple[str, str]]:
    for address in addresses:
        yield "address", f"{address}{settings.base_path}"
    if settings.console and has_page:
        yield "console", console_address(settings, addresses)
    if settings.https:
        yield "certificate", _certificate(settings)
    yield "data folder", str(settings.data_dir)
    yield "database", star_url_password(settings.database_url)
    yield (
        "live store",
        "memory of this process" if settings.redis_url is None else star_url_password(settings.redis_url),
    )
    if settings.simulator:
        yield "Tencent", f"simulated at {settings.simulator}"
    elif settings.trtc_sdk_app_id:
        yield "TRTC", f"signs users in for SDKAppID {settings.trtc_sdk_app_id}"
    if settings.workers > 1:
        yield "processes", str(settings.workers)
    if settings.maintenance:
        yield "maintenance", "every call is answered with code 120"


def _certificate(settings: Settings) -> str:
    if settings.tls_cert is not None:
        return str(settings.tls_cert)
    return f"self-signed, in {own_path(settings)}: each browser asks once whether to continue"


def _off(settings: Settings, has_page: bool) -> Iterator[tuple[str, str]]:
    switches = (
        (
            not settings.https,
            "HTTPS",
            "serve --https (make run HTTPS=1), for the cameras of phones; or a proxy in front",
        ),
        (
            not has_page,
            "live page",
            "not built, / shows the API reference: reinstall without LIVEROOM_SKIP_WEB (make clean run)",
        ),
        (settings.redis_url is None, "more processes", "set LIVEROOM_REDIS_URL"),
        (not settings.trtc_sdk_app_id, "TRTC", "set LIVEROOM_TRTC_SDK_APP_ID and LIVEROOM_TRTC_SECRET"),
        (settings.metrics == "off", "metrics", "set LIVEROOM_METRICS=on"),
        (settings.internal_key is None, "POST /internal/tick", "set LIVEROOM_INTERNAL_KEY"),
        (settings.registration == "closed", "registration", "set LIVEROOM_REGISTRATION=open"),
    )
    yield from ((name, remedy) for is_off, name, remedy in switches if is_off)
    for module in settings.modules:
        if module.startswith("-"):
            yield f"module {module[1:]}", f"remove {module} from LIVEROOM_MODULES"
