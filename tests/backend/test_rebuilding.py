"""An operator's server that is told by webhooks alone has the exact state of a hundred rooms, whoever was killed."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx
import pytest

from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.store.sql.schema import migrate
from tests.backend import mishaps, truth
from tests.backend.comparing import Received, differences
from tests.backend.installation import DATABASE, Installation
from tests.backend.people import People
from tests.backend.server import OperatorClient
from tests.servers import Mariadb, Redis, running

USERS: Final = 1000
ROOMS: Final = 100
UNWELCOME: Final = 5
DEATHS: Final = 2
"""How many times each server dies."""
STEPS: Final = 1000
"""What people do at least between two deaths of a server, also on a machine that is slow."""
QUIET_WITHIN: Final = 90.0
"""Seconds: what a killed process was about to deliver is others' after sixty."""
ANSWERS: Final = frozenset({0, 2004, 3000})
"""What people may be told: the room may be closed just then or have another owner, or they are unwelcome."""
NOT_FOUND: Final = (206, 2004)
VERDICTS: Final = frozenset(
    f"member.{act}" for act in ("banned", "unbanned", "muted", "unmuted", "kicked", "role_given")
)
"""What moderators do about people: nobody does here, and it is no part of the state that is compared."""

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.long]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Yield everything, running, with the operator's arrangements made.

    Redis writes before it answers: with ``everysec`` it may put that off while the disk is busy (docs/your-backend.md).
    """
    with ExitStack() as stack:
        mariadb = stack.enter_context(running(Mariadb(tmp_path / "mariadb")))
        redis = stack.enter_context(running(Redis(tmp_path / "redis", "--appendfsync", "always")))
        asyncio.run(migrate(mariadb.create_database(DATABASE)))
        installation = Installation(tmp_path, mariadb, redis)
        installation.arrange()
        for server in (installation.operator, *installation.processes):
            stack.enter_context(running(server))
        yield installation


async def test_rooms_rebuilt_from_webhooks_are_as_they_are_whoever_was_killed(
    installation: Installation,
) -> None:
    seed = random.randrange(10_000)
    client = OperatorClient(installation.operator)
    limits = httpx.Limits(max_connections=64)
    async with client.http, httpx.AsyncClient(timeout=15, limits=limits, trust_env=False) as http:
        people = People(installation, client, http, seed)
        persons = await people.log_in(USERS)
        assert len({person.user for person in persons}) == USERS
        await people.open_all(persons, ROOMS, UNWELCOME)
        async with asyncio.TaskGroup() as group:
            living = group.create_task(people.live())
            await survive(installation, random.Random(seed))
            while people.calls < DEATHS * STEPS:
                await mishaps.passing(0.5)
            people.stopping.set()
            await living
    assert {code for _, code in people.codes} <= ANSWERS, f"seed {seed}: {people.codes}\n{installation.errors()}"
    assert people.again, "nobody noticed that anything was killed"
    received = await quiet(installation, seed)
    for process in installation.processes:
        assert process.terminate() == 0, process.log()
        assert "Traceback" not in process.log(), process.log()
    said = (installation.operator.folder / "log").read_text()
    assert "Traceback" not in said, said
    assert_much_happened(received)
    assert people.unwelcome.isdisjoint(event["data"]["userId"] for event in members_of(received))


async def survive(installation: Installation, dice: random.Random) -> None:
    """Let everything die again and again; in the middle of it the webhook's secret is changed, and a key is stolen."""
    todo = list(mishaps.plan(dice, list(installation.servers), DEATHS))
    for number, mishap in enumerate(todo):
        await mishaps.happen(mishap, installation.servers, dice)
        if number == len(todo) // 2:
            await asyncio.to_thread(installation.rotate)
            await asyncio.to_thread(assert_the_rival_sees_nothing, installation)
        if number == len(todo) // 2 + 2:
            installation.forget_the_old_secret()


async def quiet(installation: Installation, seed: int) -> Received:
    """Return what the operator's server has when the service has the same; fail with all differences that last."""
    deadline = time.monotonic() + QUIET_WITHIN
    while True:
        left = [str(partition) for partition in await asyncio.to_thread(truth.waiting, installation)]
        if not left:
            received, service = await truth.read(installation)
            left = differences(received, service)
            if not left:
                return received
        assert time.monotonic() < deadline, "\n".join([f"seed {seed}:", *left[:50]])
        await mishaps.passing(0.5)


def assert_the_rival_sees_nothing(installation: Installation) -> None:
    """Another tenant's key, whoever holds it, has no room and no user of ours."""
    rooms, users = installation.call("admin/list_rooms", limit=3), installation.call("admin/list_users", limit=3)
    assert len(rooms) == len(users) == 3
    rival = installation.rival_key
    assert installation.call("admin/list_rooms", rival) == installation.call("admin/list_users", rival) == []
    for room, user in zip(rooms, users, strict=True):
        one, other = {"roomId": room["roomId"]}, {"userId": user["userId"]}
        codes = [
            installation.answer(method, rival, **params)["errorCode"]
            for method, params in (
                ("admin/get_room", one),
                ("admin/list_members", one),
                ("admin/close_room", one),
                ("admin/kick_user", one | other),
                ("admin/get_user", other),
                ("admin/issue_token", other),
                ("rooms/room_detail", one | {"actAs": user["userId"]}),
            )
        ]
        assert set(codes) <= set(NOT_FOUND), codes


def assert_much_happened(received: Received) -> None:
    """A comparison of nothing with nothing finds nothing."""
    counts = Counter(event["type"] for event in received.events)
    expected = {kind for kind in EVENT_PAYLOADS if kind.startswith(("room.", "member."))} | {
        "user.registered",
        "user.updated",
    }
    assert counts.keys() == expected - VERDICTS, counts
    assert counts["user.registered"] == USERS
    assert len(received.rooms) == ROOMS
    assert counts.total() > 3 * USERS, counts


def members_of(received: Received) -> Iterator[dict[str, dict[str, str]]]:
    """Yield what was told of members."""
    return (dict(event) for event in received.events if event["type"].startswith("member."))
