"""What callers are told while a store is down, and that it passes by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.chaos.processes import Liveroom, caller_of
from tests.servers import Mariadb, Redis, Server, wait_until
from tests.stories.installations import served_world
from tests.stories.world import BASE, Ask, Phone, World, salt_of, signed
from tests.worlds import a_moment

SECONDS_TO_COME_BACK = 8.0
SECONDS_FOR_AN_ANSWER = 3.5
"""A call's three, and what a busy machine takes for twenty answers."""
HOLDING = 10.0
"""Seconds for which a second process waits for the only place."""

pytestmark = pytest.mark.services


@dataclass
class Stage:
    """One real process, a host who is live, a viewer in the room, and a guest who has signed in."""

    world: World
    process: Liveroom
    ask: Ask
    host: Phone
    viewer: Phone
    guest: Phone

    @property
    def room(self) -> str:
        return self.host.user

    async def register(self, name: str) -> int:
        return int((await self.ask(f"{BASE}oauth/register", {"username": name, "salt": salt_of(name)}))["errorCode"])

    async def sign_in(self, name: str) -> int:
        millis = int(self.world.clock.now().timestamp() * 1000)
        return int((await self.ask(f"{BASE}oauth/signature", signed(name, millis)))["errorCode"])

    async def readiness(self) -> tuple[int, dict[str, str]]:
        """Return the status of /readyz and what it says of each dependency."""
        answer = await asyncio.to_thread(httpx.get, f"{self.process.url}/readyz", timeout=10)
        return answer.status_code, answer.json()["dependencies"]


@pytest.fixture
def world(tmp_path: Path, mariadb_to_kill: Mariadb, redis_to_kill: Redis) -> World:
    return served_world(tmp_path, mariadb_to_kill, redis_to_kill)


@pytest.fixture
async def stage(world: World, tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a stage on which everything works; servers that a test has taken down come up again."""
    async with AsyncExitStack() as stack:
        process = Liveroom(tmp_path / "process", world.settings, LIVEROOM_GUEST_LIMIT="20")
        stack.callback(process.kill)
        await asyncio.to_thread(process.start)
        ask = await stack.enter_async_context(caller_of(process))
        host, viewer, guest = [await world.register(name, ask) for name in ("host", "viewer", "guest")]
        await host.go_live()
        await viewer.enter(host.user)
        yield Stage(world, process, ask, host, viewer, guest)
        assert "Traceback" not in process.log()


async def codes(phone: Phone, *paths: str, **given: str) -> dict[str, int]:
    """Return what each method answers."""
    return {path: (await phone.reply(path, **given))["errorCode"] for path in paths}


async def comes_back(answer: Callable[[], Awaitable[bool]]) -> None:
    """Fail unless the answer is yes within a few seconds."""
    async with asyncio.timeout(SECONDS_TO_COME_BACK):
        while True:
            if await answer():
                return
            await a_moment(0.05)


async def code(phone: Phone, path: str, **given: str) -> int:
    return int((await phone.reply(path, **given))["errorCode"])


async def timed(answer: Awaitable[int]) -> tuple[int, float]:
    """Return a call's code, and how many seconds it took."""
    began = time.monotonic()
    return await answer, time.monotonic() - began


def assert_in_time(answers: Sequence[tuple[int, float]], expected: int) -> None:
    assert {code for code, _ in answers} == {expected}
    assert [round(seconds, 2) for _, seconds in answers if seconds > SECONDS_FOR_AN_ANSWER] == []


READS = ("rooms/query_room", "rooms/room_detail", "rooms/list_users")


async def test_without_sql_what_is_live_goes_on_and_what_is_durable_is_103(
    stage: Stage, mariadb_to_kill: Mariadb
) -> None:
    assert stage.room in await stage.host.listed()
    mariadb_to_kill.kill()
    try:
        assert await stage.register("newcomer") == 103
        assert await stage.sign_in("viewer") == 103
        assert await codes(stage.host, *READS, "auth_users/user_keepalive", roomId=stage.room) == dict.fromkeys(
            [*READS, "auth_users/user_keepalive"], 0
        )
        assert (await stage.viewer.reply("rooms/leave_room", roomId=stage.room))["errorCode"] == 0
        assert (await stage.viewer.reply("rooms/enter_room", roomId=stage.room, role="audience"))["errorCode"] == 0
        durable = await codes(
            stage.host, "auth_users/user_login_token", "rooms/update_room", roomId=stage.room, title="new"
        )
        assert durable == {"auth_users/user_login_token": 103, "rooms/update_room": 103}
        assert (await stage.guest.reply("rooms/enter_room", roomId=stage.guest.user, role="anchor"))["errorCode"] == 103
        await comes_back(lambda: is_unready(stage, {"database": "down", "live": "ok"}))
        assert stage.process.status("/healthz") == 200
    finally:
        await asyncio.to_thread(mariadb_to_kill.start)
    await comes_back(lambda: is_ready(stage))
    assert await stage.register("newcomer") == 0
    assert await stage.sign_in("viewer") == 0
    assert await stage.host.members(stage.room) == [stage.host.user, stage.viewer.user]
    await comes_back(lambda: is_journaled(stage, 2))


async def test_without_redis_nobody_is_signed_out_and_what_is_live_is_100(stage: Stage, redis_to_kill: Redis) -> None:
    redis_to_kill.kill()
    try:
        await outage_of_redis(stage)
        await comes_back(lambda: is_unready(stage, {"database": "ok", "live": "down"}))
        assert stage.process.status("/healthz") == 200
        assert (await stage.guest.reply("auth_users/user_logout"))["errorCode"] == 0
        assert (await stage.host.reply("rooms/destroy_room", roomId=stage.room))["errorCode"] == 0
    finally:
        await asyncio.to_thread(redis_to_kill.start)
    await comes_back(lambda: is_ready(stage))
    await comes_back(lambda: answers(stage.host, "rooms/room_detail", 2004, stage.room))
    await comes_back(lambda: answers(stage.guest, "auth_users/user_keepalive", 204))
    assert await stage.viewer.listed() == {}
    assert (await stage.viewer.reply("auth_users/user_keepalive"))["errorCode"] == 0


async def test_without_redis_each_process_limits_guesses_and_guests_by_itself(
    stage: Stage, redis_to_kill: Redis
) -> None:
    redis_to_kill.kill()
    try:
        wrong = {**signed("viewer", int(stage.world.clock.now().timestamp() * 1000)), "signature": "0" * 32}
        guesses = [(await stage.ask(f"{BASE}oauth/signature", wrong))["errorCode"] for _ in range(25)]
        assert guesses[:10] == [98] * 10
        assert guesses[11:] == [3004] * 14
        guests = [(await stage.ask(f"{BASE}auth_users/guest", {}))["errorCode"] for _ in range(25)]
        assert guests == [0] * 20 + [3004] * 5
    finally:
        await asyncio.to_thread(redis_to_kill.start)
    await comes_back(lambda: is_ready(stage))


async def test_a_redis_that_hangs_is_answered_in_seconds_and_comes_back(stage: Stage, redis_to_kill: Redis) -> None:
    redis_to_kill.pause()
    began = time.monotonic()
    try:
        await stage.host.keepalive()
        assert (await stage.host.reply("rooms/query_room"))["errorCode"] == 100
        assert time.monotonic() - began < 8
        assert await stage.sign_in("guest") == 0
        await comes_back(lambda: is_unready(stage, {"database": "ok", "live": "down"}))
    finally:
        redis_to_kill.resume()
    await comes_back(lambda: is_ready(stage))
    assert await stage.host.members(stage.room) == [stage.host.user, stage.viewer.user]


async def test_a_mariadb_that_hangs_costs_a_caller_seconds_and_comes_back(
    stage: Stage, mariadb_to_kill: Mariadb
) -> None:
    mariadb_to_kill.pause()
    try:
        refused = asyncio.create_task(stage.register("patient"))
        began = time.monotonic()
        await stage.host.keepalive()
        assert await stage.host.members(stage.room) == [stage.host.user, stage.viewer.user]
        assert time.monotonic() - began < 2
        assert await refused == 103
    finally:
        mariadb_to_kill.resume()
    await comes_back(lambda: is_ready(stage))
    assert await stage.register("patient") in (0, 98)


@pytest.mark.alone
async def test_whatever_stands_still_behind_it_a_call_is_answered_within_its_three_seconds(
    stage: Stage, mariadb_to_kill: Mariadb, redis_to_kill: Redis
) -> None:
    mariadb_to_kill.pause()
    try:
        # More than there are connections: most of these wait for one.
        calls = [timed(stage.register(f"frozen-{number}")) for number in range(20)]
        calls += [timed(stage.sign_in("viewer")), timed(code(stage.host, "auth_users/user_login_token"))]
        assert_in_time(await asyncio.gather(*calls), 103)
        assert_in_time([await timed(code(stage.host, "rooms/update_room", roomId=stage.room, title="new"))], 103)
    finally:
        mariadb_to_kill.resume()
    await comes_back(lambda: is_ready(stage))
    redis_to_kill.pause()
    try:
        asked = [timed(code(stage.host, path, roomId=stage.room)) for path in READS]
        assert_in_time(await asyncio.gather(*asked), 100)
        assert_in_time([await timed(stage.sign_in("viewer")), await timed(stage.register("unlimited"))], 0)
        mariadb_to_kill.pause()
        assert_in_time([await timed(code(stage.host, "auth_users/user_login_token"))], 103)
        assert_in_time([await timed(code(stage.viewer, "auth_users/user_keepalive"))], 0)
    finally:
        mariadb_to_kill.resume()
        redis_to_kill.resume()
    await comes_back(lambda: is_ready(stage))


async def test_a_service_that_starts_without_redis_says_so_and_serves_when_it_is_there(
    world: World, tmp_path: Path, redis_to_kill: Redis
) -> None:
    redis_to_kill.kill()
    process = Liveroom(tmp_path / "early", world.settings)
    process.launch()
    try:
        await asyncio.to_thread(wait_until, lambda: process.status("/healthz") == 200, "the service")
        assert process.status("/readyz") == 503
        # Long enough for every piece of work to have failed, and to have had nothing to do.
        began = time.monotonic()
        await asyncio.to_thread(wait_until, lambda: time.monotonic() > began + 5, "five seconds of work")
        await asyncio.to_thread(redis_to_kill.start)
        await asyncio.to_thread(wait_until, process.answers, "the service's readiness")
        await asyncio.to_thread(wait_until, lambda: "dependency.recovered" in process.log(), "the end of the outage")
        said = [line for line in process.log().splitlines() if line.startswith("{")]
        assert len([line for line in said if "dependency." in line]) == 2
        assert [line for line in said if "job." in line or "redis." in line] == []
        async with caller_of(process) as ask:
            host = await world.register("early", ask)
            assert await host.go_live() in await host.listed()
    finally:
        process.kill()
        revive(redis_to_kill)


async def test_on_mysql_and_memory_a_second_process_waits_then_refuses_with_a_sentence(
    tmp_path: Path, mariadb_to_kill: Mariadb, redis_to_kill: Redis
) -> None:
    settings = served_world(tmp_path, mariadb_to_kill, redis_to_kill).settings
    alone = [Liveroom(tmp_path / name, settings, LIVEROOM_REDIS_URL="") for name in ("first", "second", "third")]
    first, second, third = alone
    try:
        await asyncio.to_thread(first.start)
        began = time.monotonic()
        second.launch()
        assert await asyncio.to_thread(second.wait) == 2
        assert HOLDING - 1 < time.monotonic() - began < HOLDING * 4
        assert "another liveroom process serves from this database" in second.log()
        assert first.answers()

        assert await asyncio.to_thread(first.terminate) == 0
        began = time.monotonic()
        await asyncio.to_thread(third.start)
        assert time.monotonic() - began < HOLDING - 1
    finally:
        for process in alone:
            process.kill()


async def test_on_mysql_and_memory_the_next_process_takes_over_from_one_that_was_killed(
    tmp_path: Path, mariadb_to_kill: Mariadb, redis_to_kill: Redis
) -> None:
    world = served_world(tmp_path, mariadb_to_kill, redis_to_kill)
    process = Liveroom(tmp_path / "process", world.settings, LIVEROOM_REDIS_URL="")
    try:
        await asyncio.to_thread(process.start)
        async with caller_of(process) as ask:
            host, viewer = await world.register("host", ask), await world.register("viewer", ask)
            room = await host.go_live()
            await viewer.enter(room)
        process.kill()
        await asyncio.to_thread(process.start)
        async with caller_of(process) as ask:
            host.ask = ask
            assert await host.members(room) == [host.user, viewer.user]
    finally:
        process.kill()


async def outage_of_redis(stage: Stage) -> None:
    """Call everything: what needs Redis is 100, what does not is 0, and nothing is 203 or 204."""
    for _ in range(3):
        await stage.host.keepalive()
        await stage.guest.keepalive()
    live = await codes(stage.host, *READS, "rooms/leave_room", "rooms/enter_room", roomId=stage.room)
    assert live == dict.fromkeys([*READS, "rooms/leave_room", "rooms/enter_room"], 100)
    assert (await stage.host.reply("auth_users/user_login_token"))["errorCode"] == 0
    assert await stage.sign_in("viewer") == 0
    assert await stage.register("latecomer") == 0
    assert (await stage.host.reply("auth_users/user_query"))["errorCode"] == 0


async def is_ready(stage: Stage) -> bool:
    return (await stage.readiness())[0] == 200


async def is_unready(stage: Stage, dependencies: dict[str, str]) -> bool:
    """Say whether /readyz has noticed; it asks twice a second."""
    return await stage.readiness() == (503, dependencies)


async def is_journaled(stage: Stage, count: int) -> bool:
    """Say whether SQL has so many open stays of the room."""
    asked = f"SELECT COUNT(*) FROM lr_stays WHERE room = '{stage.room}' AND left_at IS NULL"  # noqa: S608
    return int((await asyncio.to_thread(stage.world.rows, asked))[0][0]) == count


async def answers(phone: Phone, path: str, expected: int, room: str = "") -> bool:
    return bool((await phone.reply(path, roomId=room))["errorCode"] == expected)


def revive(server: Server) -> None:
    if not server.is_running():
        server.start()
