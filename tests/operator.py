"""An operator in a test: commands run in the test's process, in an environment of their own."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from liveroom import cli
from liveroom.app.assembly import Core
from liveroom.app.backends import open_database
from liveroom.cli.core import writing_core
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.ids import DEFAULT_TENANT, SessionId, UserId, new_id
from liveroom.domain.rooms.model import RoomChanges
from liveroom.settings import load_settings
from tests import migrated


class Operator:
    """Runs commands in this process, as the operator does in theirs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def settle(self, **environ: object) -> None:
        """Set the environment in which all commands run."""
        for name, value in environ.items():
            self._monkeypatch.setenv(name, str(value))

    def begin(self) -> None:
        """Make the database, as the first start of the service does."""

        async def inside() -> None:
            await migrated.begin(load_settings())
            await (await open_database(load_settings())).close()

        asyncio.run(inside())

    def run(self, *words: str, status: int = 0) -> str:
        """Run a command that has to end with the status; return what it printed."""
        out, err = self.run_apart(*words, status=status)
        said = "".join(line for line in err.splitlines(keepends=True) if not line.startswith("data folder "))
        return said if status else out

    def run_apart(self, *words: str, status: int = 0) -> tuple[str, str]:
        """Run a command that has to end with the status; return all that went to either output."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        shown = self._capsys.readouterr()
        assert int(ended.value.code or 0) == status, shown
        return shown.out, shown.err

    def json(self, *words: str) -> Any:
        """Run a command with --json; return what it printed."""
        return json.loads(self.run(*words, "--json"))

    def row(self, start: str, *words: str) -> list[str]:
        """Return the cells of the row of a printed list that begins so."""
        (line,) = [line for line in self.run(*words).splitlines() if line.startswith(start)]
        return re.split(" {2,}", line)

    def within(self, work: Callable[[Core], Any]) -> Any:
        """Do something that no command does, on the same database."""

        async def inside() -> Any:
            async with writing_core() as core:
                return await work(core)

        return asyncio.run(inside())

    def make_user(self, **values: Any) -> UserId:
        async def work(core: Core) -> UserId:
            tenant = core.services.tenants.get(values.get("tenant", DEFAULT_TENANT))
            assert tenant is not None
            now = core.clock.now()
            user = User(UserId(tenant.write_id(await core.db.ids.take(1))), tenant.name, now, now)
            await core.db.users.add(replace(user, **values))
            return user.id

        made: UserId = self.within(work)
        return made

    def go_live(self, user: UserId, **changes: Any) -> None:
        async def work(core: Core) -> None:
            found = await core.db.users.get(user)
            assert found is not None
            tenant = core.services.tenants.get(found.tenant)
            assert tenant is not None
            actor = Actor(user, SessionId(new_id(core.clock.now())), tenant)
            await core.services.entering.enter(actor, None, role="anchor", changes=RoomChanges(**changes))

        self.within(work)
