"""`liveroom deploy scf`: the whole installation as a web function of Tencent's, from one `.env`, by one command."""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final, Literal

from cyclopts import App, Parameter

from liveroom import __version__
from liveroom.cli.output import say
from liveroom.settings import SettingsError

app = App(name="deploy", help="Run the service on a platform for functions.")

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,52}[A-Za-z0-9]")


@app.command
def scf(
    *,
    name: str = "liveroom",
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    remove: Annotated[bool, Parameter(negative=())] = False,
    yes: Annotated[bool, Parameter(negative=())] = False,
    package: Path | None = None,
    python: Literal["3.11", "3.12", "3.13"] = "3.11",
    env_file: Path = Path(".env"),
) -> None:
    """Deploy to Tencent's SCF: a web function in your network, with an address, and a timer that ticks it.

    Everything is read from .env: the settings, by liveroom's or the original service's names, and
    TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, REGION, VPC_ID, SUBNET_ID, COS_BUCKET. Call it again after each
    change and for each release: only what differs is changed, and what an interrupted run has left is gone on with.
    It needs Tencent's SDK: pip install 'liveroom[scf]'.

    Parameters
    ----------
    name
        Of the function; that of the timer ends with -tick.
    dry_run
        Only say what there is, and what would be made and changed.
    remove
        Remove what this command has made: the functions, their address and timer. MySQL, Redis and .env stay.
    yes
        Remove without asking.
    package
        The zip to deploy, where `liveroom package --serverless` has built one; otherwise one is built.
    python
        The platform's Python.
    env_file
        The file to read, and to write secrets to that it lacks.
    """
    from liveroom.cli.deploy.account import ScfAccount
    from liveroom.cli.deploy.deployer import Deployer
    from liveroom.cli.deploy.given import read_given
    from liveroom.cli.deploy.removing import remove_all
    from liveroom.cli.deploy.steps import Steps

    if not _NAME.fullmatch(name):
        raise SettingsError([f"{name!r} is no name of a function: letters, digits, - and _, a letter first"])
    if remove:
        remove_all(name, env_file, _tell, is_sure=yes, is_dry=dry_run)
        return
    given = read_given(env_file)
    steps = Steps(Deployer(ScfAccount(given.deployment), _tell), given, name, python, _tell)
    if dry_run:
        lines = steps.plan(package)
        say("\n".join([*lines, "Nothing has been changed."]), plan=lines)
        return
    given.keep(env_file)
    done = steps.deploy(lambda: package or _build(python))
    seconds = done.seconds_between_ticks
    said = f"liveroom {__version__} runs at {done.url}\nIt is ticked every {seconds} s."
    say(said, url=done.url, seconds_between_ticks=seconds)


def _build(python: str) -> Path:
    from liveroom.cli.pack.build import build

    file = Path("dist") / f"liveroom-{__version__}-scf.zip"
    with TemporaryDirectory(prefix="liveroom-package-") as scratch:
        _tell(str(build(Path(scratch), file, "scf", python=python, told=_tell)))
    return file


def _tell(step: str) -> None:
    print(step, file=sys.stderr)
