"""The command `liveroom`: one file a command, imported when it is called, so that `--help` is quick.

A command that cannot go on for a reason the operator can mend raises `SettingsError`: the reasons are printed as
sentences and the exit status is 2. `--json` is every command's: what it prints is one JSON document then (`output`).
"""

import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple

from cyclopts import App, Parameter

from liveroom import __version__


class CliCommand(NamedTuple):
    """A command, where it is found (a function or an app of its own), and the line that `--help` shows."""

    name: str
    found_at: str
    help: str
    has_json: bool = True
    """Whether it prints anything that a program would read."""


COMMANDS: Final = (
    CliCommand("serve", "liveroom.cli.serve:serve", "Run the service.", has_json=False),
    CliCommand("migrate", "liveroom.cli.migrate:migrate", "Bring the database's schema up to this release."),
    CliCommand(
        "import", "liveroom.cli.importing:run_import", "Import users, logins and rooms from the original service."
    ),
    CliCommand("doctor", "liveroom.cli.doctor:doctor", "Check settings, database, Redis, keys and clock."),
    CliCommand("upgrade", "liveroom.cli.upgrade:upgrade", "Say what an upgrade to this release would find."),
    CliCommand("config", "liveroom.cli.config:app", "Show, check and write settings."),
    CliCommand("users", "liveroom.cli.users:app", "List, ban and delete users; appoint admins."),
    CliCommand("token", "liveroom.cli.token:token", "Create a login token for a user."),
    CliCommand("rooms", "liveroom.cli.rooms:app", "List and close rooms."),
    CliCommand("reports", "liveroom.cli.reports:app", "List, show and resolve what users report."),
    CliCommand("stats", "liveroom.cli.stats:app", "Count statistics anew, and export them as CSV."),
    CliCommand("ledger", "liveroom.cli.ledger:app", "Export what was moved, as CSV, and compute everything anew."),
    CliCommand("gifts", "liveroom.cli.gifts:app", "Add gifts to begin with."),
    CliCommand("tenants", "liveroom.cli.tenants:app", "Manage tenants, and the secrets and keys of their servers."),
    CliCommand("operators", "liveroom.cli.operators:app", "Manage operators: people who sign in to the console."),
    CliCommand("hooks", "liveroom.cli.hooks:app", "Manage hooks: your server decides before people enter or go live."),
    CliCommand("webhooks", "liveroom.cli.webhooks:app", "Manage webhooks: your server receives events."),
    CliCommand("drift", "liveroom.cli.drift:app", "Show what differs between SQL, the live store and providers."),
    CliCommand("audit", "liveroom.cli.server_keys:audit", "Show the audit log."),
    CliCommand("keys", "liveroom.cli.keys:app", "List and rotate the keys that sign tokens and encrypt salts."),
    CliCommand("backup", "liveroom.cli.backup:backup", "Back up everything, keys included, while the service runs."),
    CliCommand("restore", "liveroom.cli.restore:restore", "Restore a backup into an empty database."),
    CliCommand("tick", "liveroom.cli.tick:tick", "Run the background jobs that are due, once."),
    CliCommand("deploy", "liveroom.cli.deploy:app", "Run the service on a platform for functions."),
    CliCommand("package", "liveroom.cli.pack:package", "Build the zip for a web function."),
    CliCommand(
        "demo", "liveroom.cli.demo:demo", "Fill a running service with life: hosts, viewers, chat.", has_json=False
    ),
    CliCommand("bench", "liveroom.cli.bench:bench", "Generate the load of real apps, and measure."),
    CliCommand("conform", "liveroom.cli.conform:conform", "Play shipped apps, and say which would break where."),
    CliCommand(
        "simulate", "liveroom.cli.simulate:simulate", "Stand in for Tencent on your own machine.", has_json=False
    ),
    CliCommand("docs", "liveroom.cli.docs:docs", "Write the generated pages of the documentation.", has_json=False),
    CliCommand("usersig", "liveroom.cli.usersig:usersig", "Create a UserSig for a user, or decode one."),
)

_WITHOUT_JSON: Final = frozenset((command.name,) for command in COMMANDS if not command.has_json)


def make_app() -> App:
    """Return the command with everything that `COMMANDS` lists."""
    app = App(
        name="liveroom", help="The open-source backend of live-streaming and voice-chat apps.", version=__version__
    )
    for command in COMMANDS:
        app.command(command.found_at, name=command.name, help=command.help)

    @app.meta.default
    def launch(
        *words: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
        json: Annotated[bool, Parameter(negative=(), help="Print one JSON document instead of text.")] = False,
    ) -> None:
        if not json:
            app(words)
            return
        from liveroom.cli.output import printing
        from liveroom.settings import SettingsError

        if words[:1] in _WITHOUT_JSON:
            raise SettingsError([f"`liveroom {words[0]}` has no --json: it prints no data"])
        with printing(as_json=True):
            app(words)

    return app


def main(words: Sequence[str] | None = None) -> None:
    """Run the command that the words name: those of the command line, unless others are given."""
    # What is imported stays: looking for rubbish in it again and again is a tenth of what a command takes.
    gc.set_threshold(100_000)
    from liveroom.settings import SettingsError

    try:
        try:
            make_app().meta(sys.argv[1:] if words is None else list(words))
        finally:
            sys.stdout.flush()
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
