"""`liveroom serve`: the service, in one process or in several on one port."""

import gc
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liveroom.settings import Settings


def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    https: bool | None = None,
    simulator: str | None = None,
) -> None:
    """Run the service until it is told to stop (Ctrl-C, or SIGTERM); a second time stops it at once.

    Parameters
    ----------
    host
        Address to listen on; 0.0.0.0 for every address of the machine.
    port
        Port to listen on; 0 picks a free one.
    workers
        Number of server processes; more than one needs Redis.
    https
        Speak HTTPS, on every address of the machine, with a certificate made for them: browsers give phones their
        cameras on secure pages only.
    simulator
        Address of `liveroom simulate`, which then stands in for Tencent.
    """
    # Whoever asks for help waits for none of this.
    from liveroom import log
    from liveroom.app.data_folder import make_data_folder
    from liveroom.clock import SystemClock
    from liveroom.settings import load_settings

    flags = {"host": host, "port": port, "workers": workers, "https": https, "simulator": simulator}
    settings = load_settings(flags)
    log.configure(settings.log_format, settings.log_level)
    make_data_folder(settings)
    if settings.https:
        from liveroom.http.certificates import open_tls

        open_tls(settings, SystemClock().now())  # one process makes the certificate, before several want it
    try:
        if settings.workers == 1:
            _serve(settings)
        else:
            from liveroom.app.workers import supervise

            supervise(settings, _serve, lambda: _greet(settings, settings.port))
    except KeyboardInterrupt:
        sys.exit(130)


def _serve(settings: "Settings") -> None:
    """Serve in this process."""
    # What is imported stays: looking for rubbish in it again and again is a tenth of the start.
    gc.disable()
    from liveroom.app.serving import serve_until_stopped
    from liveroom.http.server import CannotListen, listen, run
    from liveroom.settings import SettingsError

    is_one_of_many = settings.workers > 1
    try:
        listener = listen(settings.host, settings.port, reuse_port=is_one_of_many)
        at = settings.console_host or settings.host
        own = listen(at, settings.console_port, reuse_port=is_one_of_many) if settings.console_port else None
    except CannotListen as problem:
        raise SettingsError([str(problem)]) from None
    taken = listener.getsockname()[1]

    def ready(token: str) -> None:
        if not is_one_of_many:
            _greet(settings, taken)
            if token:
                _show_first(settings, token, taken if own is None else own.getsockname()[1])

    offers = offers_first(settings, is_terminal=sys.stderr.isatty())
    run(serve_until_stopped(settings, listener, console=own, on_ready=ready, offers_first=offers))


def offers_first(settings: "Settings", *, is_terminal: bool) -> bool:
    """Say whether a link on the terminal may sign the first operator in: nobody else sees it, or reaches the service.

    The terminal shows it, and no log does.
    """
    from liveroom.http.console_calls import is_loopback

    is_own = settings.database_url.startswith("sqlite:") and settings.workers == 1 and not settings.serverless
    is_here = is_loopback(settings.host) and is_loopback(settings.console_host or settings.host)
    return is_own and is_here and settings.console and not settings.https and is_terminal


def _greet(settings: "Settings", port: int) -> None:
    from rich.console import Console

    from liveroom.cli.banner import addresses, print_banner
    from liveroom.http.certificates import network_addresses

    print_banner(settings, addresses(settings, port, network_addresses()), Console(stderr=True))


def _show_first(settings: "Settings", token: str, port: int) -> None:
    from rich.console import Console

    from liveroom.cli.banner import addresses, print_first_link

    at = addresses(replace(settings, host=settings.console_host or settings.host), port, ())[-1]
    print_first_link(f"{at}{settings.base_path}/console/#first={token}", Console(stderr=True))
