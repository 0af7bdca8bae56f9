"""`liveroom simulate`: Tencent on this machine, alone or with the service beside it."""

import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from liveroom.settings import SettingsError, load_settings, simulated

PORT = 9009


def simulate(
    *words: Annotated[str, Parameter(allow_leading_hyphen=True, show=False)],
    listen: int = PORT,
    service: str = "http://127.0.0.1:9000",
    script: Path | None = None,
    run: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Stand in for Tencent on this machine: IM, TRTC, SMS, captcha and CSS, with a page that shows what is asked.

    Parameters
    ----------
    listen
        Port of the simulator, on 127.0.0.1; 0 picks a free one.
    service
        Where callbacks go.
    script
        File of steps to take, JSON or TOML.
    run
        Run the service too, with the settings for the simulator; other options are those of `liveroom serve`. Both end
        together.
    """
    from liveroom.http.server import run as run_loop
    from liveroom.simulate.scripts import StepsFailed

    if words and not run:
        raise SettingsError([f"{words[0]} is no option of `liveroom simulate`; options of the service need --run."])
    try:
        status = run_loop(_Show(words, listen, service, script, with_service=run).run())
    except OSError as problem:
        raise SettingsError([f"127.0.0.1:{listen} cannot be listened on: {problem.strerror}."]) from None
    except StepsFailed as problem:
        raise SettingsError([str(problem)]) from None
    sys.exit(status)


@dataclass
class _Show:
    """What was asked for on the command line."""

    words: Sequence[str]
    listen: int
    service: str
    script: Path | None
    with_service: bool

    async def run(self) -> int:
        """Run until told to stop, or until the service or the script has ended badly; return the exit status."""
        from liveroom.clock import SystemClock
        from liveroom.simulate.scripts import read_script
        from liveroom.simulate.simulator import Simulator, simulating
        from liveroom.simulate.site import SimulatorSite

        steps = read_script(self.script) if self.script else []
        simulator = Simulator(SystemClock(), target=self.service.rstrip("/"), paced=True)
        simulator.site = SimulatorSite(simulator).answer
        async with simulating(simulator, self.listen) as url:
            if self.with_service:
                simulator.callbacks.target = _address(self.words, url)
            _print_start(url, simulator.callbacks.target, with_service=self.with_service)
            ending: list[asyncio.Task[Any]] = [asyncio.create_task(_told_to_stop().wait())]
            if self.with_service:
                ending.append(asyncio.create_task(_serve([*self.words, "--simulator", url])))
            if steps:
                ending.append(asyncio.create_task(_play(simulator, steps)))
            return await _first(ending)


async def _first(ending: Sequence["asyncio.Task[Any]"]) -> int:
    """Wait for the first that ends the program, and end the others."""
    stopped, *_ = ending
    while True:
        done, waiting = await asyncio.wait(ending, return_when=asyncio.FIRST_COMPLETED)
        if over := [task for task in done if task is stopped or task.exception() or task.result() is not None]:
            break
        ending = list(waiting)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
    (first, *_) = over
    return 0 if first is stopped else int(first.result())


async def _serve(words: Sequence[str]) -> int:
    """Run the service until it ends, or until this is cancelled; return its exit status."""
    command = (sys.executable, "-m", "liveroom", "serve", *words)
    # A session of its own: Ctrl-C reaches it through us, once.
    child = await asyncio.create_subprocess_exec(*command, start_new_session=True)
    try:
        return await child.wait()
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.terminate()
            await child.wait()


async def _play(simulator: Any, steps: Sequence[Mapping[str, Any]]) -> None:
    from liveroom.simulate.scripts import run_script

    await run_script(simulator, steps, lambda text: print(f"script: {text}", flush=True))
    print("script: done", flush=True)


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _address(words: Sequence[str], url: str) -> str:
    """Return where the service will be, whose options are these. Raises ``SettingsError`` for what it would refuse."""
    from liveroom.cli import make_app

    _, bound, _ = make_app().parse_args(["serve", *words, "--simulator", url])
    settings = load_settings(bound.arguments)
    if settings.https or not settings.port:
        raise SettingsError(["with --run, the service needs plain HTTP and a port, such as --port 9100."])
    host = "127.0.0.1" if settings.host == "localhost" else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}{settings.base_path}"


def _print_start(url: str, service: str, *, with_service: bool) -> None:
    keys = [("SDKAppID", simulated.SDK_APP_ID), ("SecretKey", simulated.SDK_SECRET)]
    keys += [("SecretId", simulated.SECRET_ID), ("its SecretKey", simulated.SECRET_KEY)]
    lines = [f"simulator: {url} (open it in a browser)", f"callbacks go to: {service}"]
    lines += [f"{name}, for tests only: {key}" for name, key in keys]
    if not with_service:
        lines.append(f"start the service with: liveroom serve --simulator {url}")
    print("\n".join(lines), flush=True)
