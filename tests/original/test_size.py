"""How long it takes: 100,000 users and 10,000 rooms in under two minutes, on two cores; a tenth in a tenth of that."""

import asyncio
import sys
import time
from collections.abc import Callable

import pytest

from tests.original.conftest import SECRETS, House
from tests.original.crowds import fill
from tests.original.database import Login, OriginalDatabase
from tests.original.sample import Sample
from tests.servers import Mariadb

USERS_A_SECOND = 100_000 / 120
START = 5.0
"""Seconds that a command takes to begin, beside other tests; of two minutes that is nothing."""
SIZES = [pytest.param((10_000, 1_000), id="some"), pytest.param((100_000, 10_000), id="all", marks=pytest.mark.long)]
pytestmark = [pytest.mark.services, pytest.mark.parametrize("house", ["sqlite", "same"], indirect=True)]


@pytest.fixture(params=SIZES)
def sample(request: pytest.FixtureRequest, mariadb: Mariadb) -> Sample:
    """Return a crowd in place of the sample."""
    original = OriginalDatabase(mariadb, "crowd").create()
    users, rooms = request.param
    fill(original, users=users, rooms=rooms)
    return Sample(original, ("", ""))


async def seconds_to_import(house: House) -> float:
    given = {"LIVEROOM_DATA_DIR": str(house.folder), "LIVEROOM_SECRET": SECRETS, "PATH": ""}
    given["LIVEROOM_DATABASE_URL"] = house.read.database_url
    argv = [sys.executable, "-m", "liveroom", "import", house.sample.original.url]
    begun = time.perf_counter()
    child = await asyncio.create_subprocess_exec(*argv, env=given)
    assert await child.wait() == 0
    return time.perf_counter() - begun


async def test_a_crowd_moves_in_within_two_minutes(
    house: House, record_property: Callable[[str, object], None]
) -> None:
    counts = "SELECT COUNT(*) FROM users; SELECT COUNT(*) FROM rooms WHERE removed = 0"
    users, rooms = (int(row[0]) for row in house.sample.original.execute(counts))
    for run in ("first", "second"):
        took = await seconds_to_import(house)
        record_property(f"seconds of the {run} run", took)
        assert took < START + users / USERS_A_SECOND
    async with house.database() as db:
        assert await db.users.count(house.tenant) == users
        assert await db.rooms.count_live(house.tenant) == rooms
    async with house.serving() as service:
        for number in (0, 7, 1_234):
            login = Login(f"user{number}", "xiaozhibo", "")
            signed = service.sign(login.name, login.salt)
            assert int((await service.call("oauth/signature", signed)).data["userId"]) < 33_554_431
