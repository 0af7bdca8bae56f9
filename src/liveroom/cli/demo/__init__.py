"""`liveroom demo`: a running service full of life, for a newcomer or a screenshot, until it is stopped."""

import ipaddress
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from cyclopts import Parameter
from cyclopts.validators import Number

from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from liveroom.app.assembly import Core


def demo(
    *,
    url: str = "",
    hosts: Annotated[int, Parameter(validator=Number(gte=1, lte=20))] = 3,
    viewers: Annotated[int, Parameter(validator=Number(gte=0, lte=200))] = 14,
    video: bool = True,
    seconds: Annotated[float, Parameter(validator=Number(gte=0))] = 0,
    pace: Annotated[float, Parameter(validator=Number(gt=0, lte=100))] = 1,
    tenant: str = DEFAULT_WORD,
    yes_fill_this_service: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Fill a running service with hosts, viewers, chat in two languages, likes and seat requests, until Ctrl-C.

    Its accounts are flagged (`liveroom users list` shows them as demo) and removed at the end; those that a killed demo
    left behind are removed first. Run it on the service's machine, with the service's settings. Hosts send moving test
    pictures, which needs aiortc: pip install 'liveroom[demo]'.

    Parameters
    ----------
    url
        The service; by default the one of these settings, on this machine.
    hosts
        Rooms that are live.
    viewers
        Viewers, who come and go.
    video
        With --no-video, hosts send no pictures. Pictures go through the mesh, to about ten people at the same time.
    seconds
        How long; 0: until Ctrl-C.
    pace
        How many times faster than people everything happens.
    tenant
        Whose users they are.
    yes_fill_this_service
        Allow MySQL, and an address that is not this machine's: the service may have real users.
    """
    from liveroom.cli.core import find_tenant, run
    from liveroom.cli.demo.cast import Cast
    from liveroom.cli.demo.evening import DemoPlan, play

    settings = load_settings()
    address = url or f"http://127.0.0.1:{settings.port}"
    if not yes_fill_this_service:
        _check_harmless(address, settings.database_url)
    if video:
        _check_pictures()
    plan = DemoPlan(address, hosts, viewers, video, seconds, pace)

    async def work(core: "Core") -> None:
        await play(Cast(core, find_tenant(core, tenant)), plan)

    run(work)


def _check_harmless(url: str, database_url: str) -> None:
    """Refuse what may have real users. Raises ``SettingsError``."""
    host = urlsplit(url).hostname or ""
    if not _is_this_machine(host):
        raise SettingsError([f"{host or url} is not this machine. {_SAY_SO}"])
    if not database_url.startswith("sqlite"):
        raise SettingsError([f"the database is MySQL, where real users may be. {_SAY_SO}"])


_SAY_SO = "If it may be filled with a demo all the same, say --yes-fill-this-service"


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_pictures() -> None:
    try:
        import aiortc  # noqa: F401
    except ImportError:
        raise SettingsError(["moving pictures need aiortc: pip install 'liveroom[demo]', or say --no-video"]) from None
