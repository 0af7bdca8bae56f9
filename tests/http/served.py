"""A process that serves the tests' methods on the fastest loop: `python -m tests.http.served`; prints its port."""

import asyncio
import sys

from liveroom.http.server import listen, run, serve
from tests.http.echoes import LOOPBACK, Echoes, make_app


async def _main() -> None:
    listener = listen(LOOPBACK, 0)
    port: int = listener.getsockname()[1]

    def ready() -> None:
        sys.stdout.write(f"{port} {type(asyncio.get_running_loop()).__module__}\n")
        sys.stdout.flush()

    await serve(make_app(Forgetful()), listener, on_ready=ready)


class Forgetful(Echoes):
    """Keeps nothing of what it was asked."""

    def __post_init__(self) -> None:
        self.asked = _Nothing()


class _Nothing(list):  # type: ignore[type-arg]
    def append(self, _: object) -> None:
        """Forget it."""


if __name__ == "__main__":
    run(_main())
