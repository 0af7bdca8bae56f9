"""`liveroom package`: the program and all that it needs as one zip, for platforms that run functions."""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from cyclopts import Parameter

from liveroom import __version__
from liveroom.cli.output import say
from liveroom.settings import SettingsError


def package(
    *,
    serverless: Annotated[bool, Parameter(negative=())] = False,
    target: Literal["scf", "aws", "aliyun"] = "scf",
    python: Literal["3.11", "3.12", "3.13", ""] = "",
    output: Path | None = None,
    extra: Annotated[Sequence[str], Parameter(negative=())] = (),
    add: Annotated[Sequence[str], Parameter(negative=())] = (),
) -> None:
    """Build the zip that a web function is made of: this release, its page, and its dependencies for Linux on x86-64.

    The dependencies are the versions that are installed here, from PyPI. The same versions give the same zip. Nothing
    of this folder is in it: no .env, no data.

    Parameters
    ----------
    serverless
        For a web function: the only kind of package so far.
    target
        scf (Tencent), aws (Lambda) or aliyun (Function Compute).
    python
        The platform's Python, where the function will run on another one than usual.
    output
        The file to write; by default dist/liveroom-<version>-<target>.zip.
    extra
        An extra of liveroom that the function needs, such as receipts.
    add
        A further package, such as a module of yours: a name, a name==version, or the path of a wheel.
    """
    from liveroom.cli.pack.build import build

    if not serverless:
        raise SettingsError(["say what for: `liveroom package --serverless` builds the zip for a web function"])
    file = output or Path("dist") / f"liveroom-{__version__}-{target}.zip"
    with TemporaryDirectory(prefix="liveroom-package-") as scratch:
        built = build(Path(scratch), file, target, python=python, extras=extra, added=add, told=_tell)
    say(str(built), file=str(file), target=target, python=built.python, bytes=built.bytes, sha256=built.sha256)


def _tell(step: str) -> None:
    print(step, file=sys.stderr)
