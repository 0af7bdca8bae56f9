"""`liveroom config`: what is set, whether it can work, a file to start from, and fresh secrets."""

import json
import secrets

from cyclopts import App
from rich.console import Console
from rich.table import Table

from liveroom.providers.centrifugo.configuration import configuration
from liveroom.settings import Shown, env_file, load_settings

app = App(name="config", help="Show, check and write settings.")


@app.command
def show() -> None:
    """Print every setting, its value and where it came from; secrets and passwords as stars."""
    shown = load_settings().redacted()
    console = Console()
    if console.is_terminal:
        console.print(_table(shown))
        return
    for setting in shown:
        print(f"{setting.name} = {setting.value}  ({setting.source})")


@app.command
def check() -> None:
    """Say whether the service could start with these settings; print all that is wrong, each with what to do."""
    from liveroom.app.modules import find_modules

    settings = load_settings()
    for one in find_modules(settings).installed:
        state = "" if settings.offers(one.name) else ", switched off"
        print(f"Module {one.name} of the package {one.package} {one.version}{state}.")
    print("The settings are good.")


@app.command
def env() -> None:
    """Print a .env file that names every setting, commented out at its default."""
    print(env_file(), end="")


@app.command
def centrifugo() -> None:
    """Print the config.json with which a Centrifugo stands in front of this service; it has both keys in it."""
    print(json.dumps(configuration(load_settings()), indent=2))


@app.command
def secret() -> None:
    """Print a fresh secret, strong enough for LIVEROOM_SECRET."""
    print(secrets.token_urlsafe(48))


def _table(shown: list[Shown]) -> Table:
    table = Table("setting", "value", "from", "what", box=None, header_style="bold")
    for setting in shown:
        style = "dim" if setting.source == "default" else None
        table.add_row(setting.name, setting.value, setting.source, setting.doc, style=style)
    return table
