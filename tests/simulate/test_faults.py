"""Faults of calls: what our own clients of Tencent see of each, and for how many calls it lasts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.accounts.users import Profile
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.tencent.im import TencentIm
from liveroom.settings.simulated import ADMINISTRATOR, SDK_APP_ID, SDK_SECRET
from tests.simulate.conftest import Controlled
from tests.store.sql.samples import HOME

TENANT = Tenant(HOME, SDK_APP_ID, SDK_SECRET)
ROOM, USER = RoomId("700"), UserId("1")


@pytest.fixture
async def im(sim: Controlled) -> AsyncIterator[TencentIm]:
    outgoing = Outgoing("Tencent IM", timeout=timedelta(seconds=0.3))
    client = TencentIm(outgoing, sim.clock, administrator=ADMINISTRATOR, origin=sim.simulator.im.endpoint.url)
    await client.add_account(TENANT, USER, Profile("Ann", ""))
    yield client
    await client.hang_up()


async def failure(im: TencentIm) -> VendorFailure:
    with pytest.raises(VendorFailure) as failed:
        await im.make_group(TENANT, ROOM, USER, "Karaoke")
    return failed.value


@pytest.mark.parametrize(
    ("fault", "is_made"),
    [
        ({"mood": "broken"}, False),
        ({"mood": "down"}, False),
        ({"mood": "silent"}, False),
        ({"mood": "nonsense"}, False),
        ({"mood": "odd"}, False),
        ({"mood": "lost"}, True),
    ],
)
async def test_a_call_that_gets_no_good_answer_may_have_been_carried_out(
    sim: Controlled, im: TencentIm, fault: dict[str, str], is_made: bool
) -> None:
    await sim.step("fault", vendor="im", command="create_group", **fault)
    failed = await failure(im)
    assert (failed.trouble, failed.in_doubt) == (Trouble.BUSY, True)
    assert (ROOM in sim.simulator.im.groups) is is_made
    assert (await sim.state())["journal"][-1]["fault"] == fault["mood"]


async def test_a_slow_call_is_carried_out_when_nobody_waits_any_more(sim: Controlled, im: TencentIm) -> None:
    await sim.step("fault", vendor="im", command="create_group", seconds=0.5)
    begun = sim.simulator.journal.number
    assert (await failure(im)).in_doubt
    assert ROOM not in sim.simulator.im.groups
    async with asyncio.timeout(5):
        await sim.simulator.journal.wait(begun, 5)
    assert ROOM in sim.simulator.im.groups


async def test_a_code_is_answered_as_often_as_is_said_and_by_one_command(sim: Controlled, im: TencentIm) -> None:
    await sim.step("fault", vendor="im", command="create_group", code="10036", times=2)
    assert [(await failure(im)).code for _ in range(2)] == ["10036"] * 2
    await im.check(TENANT)
    assert (await sim.state())["faults"] == []
    assert await im.make_group(TENANT, ROOM, USER, "Karaoke")


async def test_all_is_well_again_when_somebody_says_so(sim: Controlled, im: TencentIm) -> None:
    await sim.step("fault", vendor="im", mood="broken")
    assert [fault["what"] for fault in (await sim.state())["faults"]] == ["broken"]
    await failure(im)
    await sim.step("clear")
    assert await im.make_group(TENANT, ROOM, USER, "Karaoke")


async def test_a_fault_that_is_none_is_refused(sim: Controlled) -> None:
    for given in ({}, {"code": "AuthFailure"}):
        assert await sim.refused("fault", vendor="im", **given)
    wrong: list[dict[str, Any]] = [{"mood": "sulky"}, {"seconds": 601}, {"moods": "down"}]
    for bad in wrong:
        assert "no step" in await sim.refused("fault", vendor="im", **bad)
