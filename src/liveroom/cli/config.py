"""`liveroom config`: what is set, whether it can work, a file to start from, and fresh secrets."""

import json
import secrets

from cyclopts import App
from rich.console import Console

from liveroom.cli.output import list_rows, name_data, prints_json, say
from liveroom.providers.centrifugo.configuration import configuration
from liveroom.settings import SettingsError, env_file, load_settings

app = App(name="config", help="Show, check and write settings.")


@app.command
def show() -> None:
    """Print every setting, its value and where it came from; secrets and passwords as stars."""
    shown = load_settings().redacted()
    console = Console()
    if console.is_terminal or prints_json():
        columns = ("setting", "value", "from", "what")
        rows = [one[:4] for one in shown]
        list_rows(columns, [dict(zip(columns, row, strict=True)) for row in rows], console=console)
        return
    for setting in shown:
        print(f"{setting.name} = {setting.value}  ({setting.source})")


@app.command
def check() -> None:
    """Check whether the service could start with these settings; print every mistake with its remedy."""
    from liveroom.app.data_folder import REMEDY, folder_fault
    from liveroom.app.modules import find_modules

    settings = load_settings()
    name_data(settings)
    if fault := folder_fault(settings):
        raise SettingsError([f"{fault}; {REMEDY}."])
    installed = find_modules(settings).installed
    lines = [
        f"Module {one.name} of the package {one.package} {one.version}"
        f"{'' if settings.offers(one.name) else ', switched off'}."
        for one in installed
    ]
    say("\n".join([*lines, "The settings are valid."]), modules=[one.name for one in installed], problems=[])


@app.command
def env() -> None:
    """Print a .env file with every setting, commented out at its default."""
    say(env_file().rstrip("\n"), env=env_file())


@app.command
def centrifugo() -> None:
    """Print the config.json for a Centrifugo in front of this service; it contains both keys."""
    print(json.dumps(configuration(load_settings()), indent=2))


@app.command
def secret() -> None:
    """Print a fresh secret, strong enough for LIVEROOM_SECRET."""
    fresh = secrets.token_urlsafe(48)
    say(fresh, secret=fresh)
