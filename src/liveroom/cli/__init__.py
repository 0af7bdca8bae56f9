"""The command `liveroom`: one file a command, imported when it is called, so that `--help` is quick.

A command that cannot go on for a reason the operator can mend raises `SettingsError`: the reasons are printed as
sentences and the exit status is 2.
"""

import os
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple

from cyclopts import App

from liveroom import __version__


class Command(NamedTuple):
    """A command, where it is found (a function or an app of its own), and the line that `--help` shows."""

    name: str
    found_at: str
    help: str


COMMANDS: Final = (
    Command("serve", "liveroom.cli.serve:serve", "Run the service."),
    Command("migrate", "liveroom.cli.migrate:migrate", "Bring the database's schema up to this release."),
    Command("import", "liveroom.cli.moving:take_in", "Move in: take over the database of the original service."),
    Command("doctor", "liveroom.cli.doctor:doctor", "Check settings, database, Redis, keys and clock."),
    Command("config", "liveroom.cli.config:app", "Show, check and write settings."),
    Command("users", "liveroom.cli.users:app", "List, ban, delete users; name admins."),
    Command("token", "liveroom.cli.token:token", "Make a login token for a user."),
    Command("rooms", "liveroom.cli.rooms:app", "List and close rooms."),
    Command("tenants", "liveroom.cli.tenants:app", "Make and list tenants; the secrets and keys of their own servers."),
    Command("hooks", "liveroom.cli.hooks:app", "Have your own server asked before people enter or go live."),
    Command("webhooks", "liveroom.cli.webhooks:app", "Have your own server told what happens."),
    Command("audit", "liveroom.cli.server_keys:audit", "Show what was done with server keys, and in rooms."),
    Command("keys", "liveroom.cli.keys:app", "List and change the keys that sign tokens and seal salts."),
    Command("backup", "liveroom.cli.backup:backup", "Write a backup of everything, keys included, beside the service."),
    Command("restore", "liveroom.cli.restore:restore", "Bring a backup back into an empty database."),
    Command("tick", "liveroom.cli.tick:tick", "Do the background work that is due, once."),
    Command("bench", "liveroom.cli.bench:bench", "Put the load of real apps on a service, and measure."),
    Command("docs", "liveroom.cli.docs:docs", "Write the generated pages of the documentation."),
    Command("usersig", "liveroom.cli.usersig:usersig", "Make a UserSig for a user, or take one apart."),
)


def make_app() -> App:
    """Return the command with everything that `COMMANDS` lists."""
    app = App(
        name="liveroom", help="The open-source backend of live-streaming and voice-chat apps.", version=__version__
    )
    for command in COMMANDS:
        app.command(command.found_at, name=command.name, help=command.help)
    return app


def main(words: Sequence[str] | None = None) -> None:
    """Run the command that the words name: those of the command line, unless others are given."""
    from liveroom.settings import SettingsError

    try:
        make_app()(sys.argv[1:] if words is None else list(words))
    except SettingsError as stopped:
        for problem in stopped.problems:
            print(problem, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever reads has read enough, as `| head` has; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
