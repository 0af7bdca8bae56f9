"""A full house: a thousand gifts a second to one host over HTTP, while thousands of sockets listen in their room."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from liveroom.bench.requests import Form, Values, request
from liveroom.bench.target import BenchTarget
from liveroom.settings import Settings
from tests.bench.idle.crowd import Clients, Report, clients
from tests.bench.pacer import MOMENT, NUMBER, Paced, paced
from tests.bench.processes import CannotMeasure, cpu_seconds_of
from tests.bench.seeding import SeededMember, fund, user_id
from tests.servers import LOOPBACK, Mariadb, Redis
from tests.sync.halls import Hall, hall

_COINS: Final = 1_000_000
_COMING: Final = 16
"""People who enter at the same time."""
_PATIENCE: Final = 120.0


@dataclass(frozen=True)
class HousePlan:
    """How much is sent to whom."""

    sockets: int = 5_000
    rate: float = 1_000.0
    seconds: float = 60.0
    senders: int = 500
    workers: int = 2
    client_processes: int = 1


@dataclass(frozen=True)
class HouseFound:
    """What came of it."""

    plan: HousePlan
    paced: Paced
    report: Report
    publications: int
    cpu: dict[str, float]
    """Processor seconds a second, by who took them."""


async def measure_house(plan: HousePlan, folder: Path, mariadb: Mariadb, redis: Redis) -> HouseFound:
    """Measure on fresh data. Raises ``CannotMeasure`` where an answer was another than 0, or a delivery is missing."""
    guests = plan.sockets + plan.senders
    database = mariadb.create_database("house")

    async def sell(settings: Settings) -> None:
        # Number 0 is the host.
        await fund(
            settings.database_url, [user_id(1 + plan.sockets + number) for number in range(plan.senders)], _COINS
        )

    stage = hall(
        folder / "data",
        guests,
        database=database,
        redis=redis.url,
        workers=plan.workers,
        prepare=sell,
        LIVEROOM_GIFTS="test",
    )
    async with stage as house:
        listeners, senders = house.guests[: plan.sockets], house.guests[plan.sockets : guests]
        await come(house, senders)
        room, port = house.host.room, house.service.port
        with clients(folder, port, room, listeners, plan.client_processes) as crowd:
            await asyncio.to_thread(crowd.until, lambda report: report.inside == plan.sockets, _PATIENCE)
            taking: Mapping[str, Sequence[int]] = {
                "liveroom": house.service.workers(),
                "MariaDB": [mariadb.pid],
                "Redis": [redis.pid],
                "listeners": crowd.pids,
            }
            return await asyncio.to_thread(_measure, plan, port, _gifts(plan, port, room, senders), crowd, taking)


async def come(house: Hall, people: Sequence[SeededMember]) -> None:
    """Let people enter the room, a few at a time."""
    turns = asyncio.Semaphore(_COMING)

    async def enter(one: SeededMember) -> None:
        async with turns:
            given = {"userId": one.id, "token": one.token, "roomId": house.host.room, "role": "audience"}
            reply = (await house.host.http.post("/base/v1/rooms/enter_room", json=given)).json()
            if reply["errorCode"]:
                raise CannotMeasure(f"enter_room: {reply}")

    await asyncio.gather(*map(enter, people))


def _gifts(plan: HousePlan, port: int, room: str, senders: Sequence[SeededMember]) -> list[bytes]:
    """Return the requests: each sender in turn sends a rose, as a combo whose name says when."""
    target = BenchTarget(LOOPBACK, port)
    given: Values = {
        "roomId": room,
        "giftId": "rose",
        "key": NUMBER.decode(),
        "comboId": f"t{MOMENT.decode()}",
        "version": 1,
    }
    every = [
        request(target, "gifts/send", Form.JSON, {"userId": one.id, "token": one.token, **given}) for one in senders
    ]
    return [every[number % len(every)] for number in range(round(plan.rate * plan.seconds))]


def _measure(
    plan: HousePlan, port: int, requests: list[bytes], crowd: Clients, taking: Mapping[str, Sequence[int]]
) -> HouseFound:
    before, spent, began = crowd.report(), {who: cpu_seconds_of(pids) for who, pids in taking.items()}, time.monotonic()
    sent = paced(port, plan.rate, requests)
    report = crowd.until_complete(before.highest, _PATIENCE)
    seconds = time.monotonic() - began
    cpu = {who: (cpu_seconds_of(pids) - spent[who]) / seconds for who, pids in taking.items()}
    report.check()
    return HouseFound(plan, sent, report, report.highest - before.highest, cpu)
