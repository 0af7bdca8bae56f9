"""Takes back what `liveroom deploy scf` has made: that, and nothing else."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from liveroom.cli.deploy.account import ScfAccount
from liveroom.cli.deploy.deployer import Deployer
from liveroom.cli.deploy.plan import is_ours
from liveroom.cli.output import say
from liveroom.settings import SettingsError
from liveroom.settings.deployment import read_deployment


def remove_all(
    name: str,
    env_file: Path,
    told: Callable[[str], None],
    *,
    is_sure: bool,
    is_dry: bool,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Remove the timer's function and the service's, once somebody has agreed. Raises ``SettingsError``."""
    deployment, problems = read_deployment(env_file, needs_network=False)
    if problems:
        raise SettingsError(problems)
    account = ScfAccount(deployment, pause=pause)
    found = {one: account.function(one) for one in (f"{name}-tick", name)}
    ours = [one for one, function in found.items() if function is not None and is_ours(function)]
    if not ours:
        say(f"There is no {name} in {deployment.region} that `liveroom deploy` has made.", removed=[])
        return
    listed = " and ".join(ours)
    if is_dry:
        say("\n".join([*(f"remove   function {one}" for one in ours), "Nothing has been changed."]), plan=ours)
        return
    if not (is_sure or _agreed(f"Remove {listed} in {deployment.region}, with address and timer? [y/N] ")):
        raise SettingsError(["nothing has been removed"])
    deployer = Deployer(account, told, pause=pause)
    for one in ours:
        told(f"Removing {one}")
        deployer.remove(one)
    say(f"Removed {listed}. MySQL, Redis and {env_file} are as they were.", removed=ours)


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise SettingsError(["nobody is here to be asked: say --yes to remove it"])
    return input(question).strip().lower() in ("y", "yes")
