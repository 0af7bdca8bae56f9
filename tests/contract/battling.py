"""Hosts in battles over HTTP, and viewers who send them gifts: what tests of battles begin with."""

import itertools
from typing import Any

from tests.contract.test_connections import connect, hosts
from tests.service import Answer, Device, Keyholder, Service

Host = tuple[Device, str]
_numbers = itertools.count(1)


async def invite(host: Host, *others: Host, **params: Any) -> Answer:
    """Let a host invite others to a battle."""
    rooms = ",".join(room for _, room in others)
    return await host[0].call("battles/invite", {"roomId": host[1], "roomIds": rooms, **params})


async def answer(host: Host, method: str, battle: str) -> Answer:
    """Let a host accept or refuse."""
    return await host[0].call(f"battles/{method}", {"roomId": host[1], "battleId": battle})


async def begin(host: Host, *others: Host, **params: Any) -> dict[str, Any]:
    """Begin a battle: the first invites all others, and they accept."""
    battle = (await invite(host, *others, **params)).data["battleId"]
    answers = [await answer(other, "accept", battle) for other in others]
    assert [one.code for one in answers] == [0] * len(others)
    return dict(answers[-1].data["battle"])


async def current(host: Host) -> Any:
    """Return a room's battle, as every place says it."""
    device, room = host
    shown = (await device.call("rooms/state", {"roomId": room})).data["state"]["battle"]
    asked = (await device.call("battles/current", {"roomId": room})).data["battle"]
    for one in filter(None, (asked, shown)):
        assert one.pop("endIn") <= one["duration"] * 1000
        one["closeIn"] = one["closeIn"] > 0
    assert asked == shown
    return shown


async def viewer(service: Service, host: Host, coins: int = 10_000, key: Keyholder | None = None) -> Device:
    """Return somebody in the room who has coins; ``key`` has put them there, or one of its own."""
    device = await service.sign_up()
    await device.enter(host[1], "audience")
    if coins:
        given = {"key": f"coins-{next(_numbers)}", "userId": device.user, "amount": coins, "kind": "purchase"}
        key = key or await service.make_key()
        assert (await key.call("admin/credit_wallet", given)).code == 0
    return device


async def give(device: Device, host: Host, gift: str = "coffee", **params: Any) -> Answer:
    """Send a gift (coffee: 10 coins) to a room's owner."""
    given = {"roomId": host[1], "giftId": gift, "key": f"battle-{next(_numbers)}", **params}
    return await device.call("gifts/send", given)


async def published(service: Service, battle: str) -> None:
    """Let the scores of a battle be told."""
    await service.core.jobs.battle_scoring.publish(battle)


def scores(battle: dict[str, Any]) -> list[int]:
    """Return the scores of a battle's rooms, in their order."""
    return [one["score"] for one in battle["rooms"]]


__all__ = ["Host", "answer", "begin", "connect", "current", "give", "hosts", "invite", "published", "scores", "viewer"]
