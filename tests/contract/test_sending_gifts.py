"""Sending gifts over HTTP and the socket: paid once, told once, refused with the right code, taken back."""

import asyncio
import itertools
from typing import Any

import pytest

from liveroom.api.codes import Code
from tests.contract.money_scenes import bought
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Service

_numbers = itertools.count(1)


async def send(stage: Stage, by: Device | None = None, **params: Any) -> Answer:
    """Send a rose to the host, unless something else is said."""
    given = {"roomId": stage.room, "giftId": "rose", "key": f"tap-{next(_numbers)}", **params}
    return await (by or stage.guest).call("gifts/send", given)


async def coins(device: Device) -> tuple[int, int]:
    found = (await device.call("wallet/balance")).data
    return found["coins"], found["points"]


async def test_a_gift_is_paid_by_its_sender_and_earns_its_receiver(service: Service) -> None:
    stage = await set_stage(service)
    await bought(stage, 100)
    answer = await send(stage, giftId="coffee", count=3)
    assert answer.data.items() >= {"coins": 30, "balance": 70, "published": True, "repeated": False}.items()
    assert await coins(stage.guest) == (70, 0)
    assert (await coins(stage.host))[1] > 0


async def test_ten_attempts_with_one_key_at_once_are_one_gift(service: Service) -> None:
    stage = await set_stage(service)
    await bought(stage, 100)
    answers = await asyncio.gather(*(send(stage, key="same") for _ in range(10)))
    assert len({answer.data["sentIds"][0] for answer in answers}) == 1
    assert sorted(answer.data["repeated"] for answer in answers) == [False] + [True] * 9
    assert (await coins(stage.guest))[0] == 99


async def test_a_key_is_known_also_after_the_room_has_closed(service: Service) -> None:
    stage = await set_stage(service)
    await bought(stage)
    first = await send(stage, key="late")
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    again = await send(stage, key="late")
    assert (again.code, again.data["repeated"]) == (0, True)
    assert again.data["sentIds"] == first.data["sentIds"]
    assert (await send(stage)).code == Code.RoomNotExists


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"giftId": "none"}, Code.GiftNotOffered),
        ({"count": 0}, Code.RoomQueryParams),
        ({"count": 1000}, Code.RoomQueryParams),
        ({"key": "two words"}, Code.RoomQueryParams),
        ({"giftId": "castle"}, Code.BalanceTooLow),
        ({"receiverIds": ["40000099"]}, Code.UserNotExists),
        ({"receiverIds": [str(n) for n in range(10)]}, Code.RoomQueryParams),
    ],
)
async def test_what_cannot_be_sent_has_its_code_and_costs_nothing(
    service: Service, params: dict[str, Any], code: Code
) -> None:
    stage = await set_stage(service)
    await bought(stage, 100)
    assert (await send(stage, **params)).code == code
    assert (await coins(stage.guest))[0] == 100


async def test_nobody_sends_to_themselves_or_to_whoever_is_not_on_stage_or_from_outside(service: Service) -> None:
    stage = await set_stage(service)
    viewer, outsider = await service.sign_up(), await service.sign_up()
    await viewer.enter(stage.room, "audience")
    await bought(stage)
    assert (await send(stage, receiverIds=[stage.guest.user])).code == Code.RoomQueryParams
    assert (await send(stage, receiverIds=[viewer.user])).code == Code.UserNotExists
    assert (await send(stage, outsider)).code == Code.NotInRoom
    assert (await send(stage, stage.host)).code == Code.RoomQueryParams


async def test_everybody_on_stage_gets_the_gift(service: Service) -> None:
    stage = await set_stage(service)
    singer = await service.sign_up()
    await singer.enter(stage.room, "audience")
    await stage.host.call("seats/configure", {"roomId": stage.room, "seats": 4, "mode": "free"})
    assert (await singer.call("seats/take", {"roomId": stage.room})).code == 0
    await bought(stage, 100)
    answer = await send(stage, giftId="coffee", receiverIds=[stage.host.user, singer.user])
    assert (answer.data["coins"], len(answer.data["sentIds"])) == (20, 2)
    assert (await coins(singer))[1] == (await coins(stage.host))[1] > 0


async def test_gifts_can_be_switched_off_in_a_room(service: Service) -> None:
    stage = await set_stage(service)
    await bought(stage)
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "gifts": False})
    assert (await send(stage)).code == Code.GiftNotOffered


async def test_a_refund_gives_the_coins_back_once_and_may_leave_the_host_owing(service: Service) -> None:
    stage = await set_stage(service)
    await bought(stage, 100)
    gift = (await send(stage, giftId="coffee", count=10)).data["sentIds"][0]
    earned, key = (await coins(stage.host))[1], await service.make_key()
    spent = {"userId": stage.host.user, "amount": -earned, "kind": "adjust", "currency": "point", "key": f"paid-{gift}"}
    await service.core.jobs.folding.run()
    assert (await key.call("admin/credit_wallet", spent)).code == 0
    refund = {"sentId": gift, "key": f"refund-{gift}", "reason": "a child"}
    done = await asyncio.gather(*(key.call("admin/refund_gift", refund) for _ in range(3)))
    assert sorted(one.data["repeated"] for one in done) == [False, True, True]
    assert await coins(stage.guest) == (100, 0)
    assert (await coins(stage.host))[1] == -earned
    assert (await key.call("admin/refund_gift", {**refund, "key": "another"})).code == Code.KeyReused
