"""docs/activities.md: the package that it shows is a type of activities, in less than a hundred lines."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Final

import pytest

from liveroom.modules.installed import GROUP
from tests.docs.pages import ROOT, files
from tests.service import serving

PAGE: Final = (ROOT / "docs" / "activities.md").read_text(encoding="utf-8")
GUESS: Final = EntryPoint("guess", "liveroom_guess:module", GROUP)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put the package where it is imported from; return its text."""
    (module,) = files(PAGE)
    (tmp_path / module.name).write_text(module.text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "liveroom_guess", raising=False)
    return module.text


async def test_a_package_brings_a_type_of_its_own(package: str, tmp_path: Path) -> None:
    assert len(package.splitlines()) < 100
    async with serving(tmp_path / "data", entries=[GUESS]) as service:
        host, fan, other = [await service.sign_up() for _ in range(3)]
        room = await host.go_live()
        for member in (fan, other):
            await member.enter(room)
        begun = await host.call("guess/begin", {"roomId": room, "number": 42})
        id = {"activityId": begun.data["activityId"]}
        assert (await fan.call("guess/begin", {"roomId": room, "number": 1})).code == 3000
        assert (await host.call("guess/begin", {"roomId": room, "number": 1})).code == 3131
        (running,) = (await fan.call("rooms/state", {"roomId": room})).data["state"]["activities"]
        assert (running["type"], running["state"]) == ("guess.number", {"low": 1, "high": 100})
        assert (await fan.call("guess/hint", id)).code == 3000
        assert (await host.call("guess/hint", id)).code == 0
        (own,) = (await fan.call("activities/current", {"roomId": room})).data
        assert (own["version"], own["state"], own["choices"]) == (2, {"low": 22, "high": 71}, [])
        assert (await fan.call("activities/vote", {**id, "choices": "100"})).code == 3133
        assert (await fan.call("activities/vote", {**id, "choices": "42"})).data["repeated"] is False
        assert (await other.call("activities/vote", {**id, "choices": "43"})).code == 0
        service.clock.advance(61)
        assert (await fan.call("activities/vote", {**id, "choices": "42"})).code == 3132
        await service.core.jobs.due_activities.run()
        (past,) = (await fan.call("activities/past", {"roomId": room})).data
        assert (past["reason"], past["result"]) == ("timeOver", {"number": 42, "guesses": 2, "right": 1})
        (ranked,) = (await other.call("activities/points", {"roomId": room})).data
        assert (ranked["userId"], ranked["points"], ranked["right"]) == (fan.user, 5, 1)


async def test_it_ends_by_its_own_rules_too(package: str, tmp_path: Path) -> None:
    async with serving(tmp_path / "data", entries=[GUESS]) as service:
        host, fan = [await service.sign_up() for _ in range(2)]
        room = await host.go_live()
        await fan.enter(room)
        id = {"activityId": (await host.call("guess/begin", {"roomId": room, "number": 99})).data["activityId"]}
        await fan.call("activities/vote", {**id, "choices": "99"})
        hints = [(await host.call("guess/hint", id)).code for _ in range(9)]
        assert hints == sorted(hints)
        assert {*hints} == {0, 3132}
        (past,) = (await fan.call("activities/past", {"roomId": room})).data
        assert (past["reason"], past["result"]["right"]) == ("finished", 1)
