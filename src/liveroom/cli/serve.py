"""`liveroom serve`: the service, in one process or in several on one port."""

import sys

from rich.console import Console

from liveroom import log
from liveroom.app.doors import serve_doors
from liveroom.app.workers import supervise
from liveroom.cli.banner import print_banner
from liveroom.http.server import CannotListen, listen, run
from liveroom.settings import Settings, SettingsError, load_settings


def serve(*, host: str | None = None, port: int | None = None, workers: int | None = None) -> None:
    """Run the service until it is told to stop (Ctrl-C, or SIGTERM); a second time stops it at once.

    Parameters
    ----------
    host
        Address to listen on; 0.0.0.0 for every address of the machine.
    port
        Port to listen on; 0 takes a free one.
    workers
        Processes that serve; more than one needs Redis.
    """
    settings = load_settings({"host": host, "port": port, "workers": workers})
    log.configure(settings.log_format, settings.log_level)
    try:
        if settings.workers == 1:
            _serve(settings)
        else:
            supervise(settings, _serve, lambda: _greet(settings, settings.port))
    except KeyboardInterrupt:
        sys.exit(130)


def _serve(settings: Settings) -> None:
    """Serve in this process."""
    is_one_of_many = settings.workers > 1
    try:
        listener = listen(settings.host, settings.port, reuse_port=is_one_of_many)
    except CannotListen as problem:
        raise SettingsError([str(problem)]) from None
    taken = listener.getsockname()[1]

    def ready() -> None:
        if not is_one_of_many:
            _greet(settings, taken)

    run(serve_doors(settings, listener, on_ready=ready))


def _greet(settings: Settings, port: int) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104 - compared, not bound
    shown = f"[{host}]" if ":" in host else host
    print_banner(settings, [f"http://{shown}:{port}"], Console(stderr=True))
