"""Callbacks of the simulator: what our service makes of each, and what may happen to one on its way."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.presence.outside import OutsideReport, OutsideSource
from liveroom.providers.tencent.im_callbacks import check_im, read_im
from liveroom.providers.tencent.trtc_callbacks import read_trtc
from liveroom.settings.simulated import IM_TOKEN, SDK_APP_ID, TRTC_KEY
from liveroom.simulate.endpoint import CallFault, Mood, VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.im_state import ADMINISTRATOR
from liveroom.simulate.serving import serving
from tests.simulate.conftest import Controlled


@dataclass
class Told:
    """A service that reads callbacks as ours does."""

    sim: Controlled
    reports: list[OutsideReport] = field(default_factory=list)
    forged: int = 0
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer)

    def _answer(self, request: VendorRequest) -> VendorResponse:
        url, now = urlsplit(request.target), self.sim.clock.now()
        query = {name.lower(): value for name, value in parse_qsl(url.query)}
        try:
            if url.path == "/callbacks/trtc":
                self.reports.append(read_trtc(TRTC_KEY, request.headers, request.body, now))
            else:
                check_im(IM_TOKEN, query, now)
                self.reports.append(read_im(query, request.body, now))
        except PermissionDenied:
            self.forged += 1
            return VendorResponse(b"{}", 403)
        return VendorResponse(b'{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')

    async def sightings(self) -> list[tuple[str, bool]]:
        """Return who was reported, and as there or not, when everything has come."""
        await self.sim.simulator.callbacks.drain()
        return [(one.user, one.present) for report in self.reports for one in report.sightings]


@pytest.fixture
async def told(sim: Controlled) -> AsyncIterator[Told]:
    told = Told(sim)
    async with serving(told.endpoint):
        sim.simulator.callbacks.target = told.endpoint.url
        yield told


async def faults(sim: Controlled) -> list[str]:
    entries: list[Any] = (await sim.state())["journal"]
    return [entry["fault"] for entry in entries if entry["kind"] == "callback"]


async def test_im_tells_who_signs_in_and_who_is_in_a_group(told: Told, sim: Controlled) -> None:
    sim.simulator.im.make("700", "Karaoke", "1")
    for do, more in (("im.login", {}), ("im.join", {"room": "700"}), ("im.quit", {"room": "700"}), ("im.logout", {})):
        await sim.step(do, user="2", **more)
    assert await told.sightings() == [("2", True), ("2", True), ("2", False), ("2", False)]
    sources = [one.source for report in told.reports for one in report.sightings]
    assert sources == [OutsideSource.IM, OutsideSource.IM_GROUP, OutsideSource.IM_GROUP, OutsideSource.IM]
    assert {report.sdk_app_id for report in told.reports} == {SDK_APP_ID}


async def test_im_tells_that_a_group_is_gone_and_by_whom(told: Told, sim: Controlled) -> None:
    for platform in ("Android", "RESTAPI"):
        sim.simulator.im.make("700", "Karaoke", "1")
        sim.simulator.im.dissolve("700", platform)
    await sim.simulator.callbacks.drain()
    groups = [report.group for report in told.reports]
    assert [(group.owner, group.by_server) for group in groups if group] == [("1", False), ("1", True)]


async def test_trtc_tells_who_enters_sends_and_leaves_and_that_the_room_has_ended(told: Told, sim: Controlled) -> None:
    await sim.step("trtc.enter", room="700", user="1", role="anchor")
    await sim.step("trtc.publish", room="700", user="1")
    await sim.step("trtc.exit", room="700", user="1", reason=2)
    assert await told.sightings() == [("1", True), ("1", True), ("1", False)]
    assert [report.published.user for report in told.reports if report.published] == ["1"]
    assert [report.media.room for report in told.reports if report.media] == ["700"]
    names = [entry["name"] for entry in (await sim.state())["journal"] if entry["kind"] == "callback"]
    assert names == ["101", "103", "201", "104", "102"]


@pytest.mark.parametrize(
    ("mishap", "seen"),
    [
        ("lost", [("2", True)]),
        ("doubled", [("1", True), ("1", True), ("2", True)]),
        ("overtaken", [("2", True), ("1", True)]),
        ("late", [("2", True), ("1", True)]),
        ("forged", [("2", True)]),
    ],
)
async def test_a_callback_may_be_lost_doubled_overtaken_late_or_forged(
    told: Told, sim: Controlled, mishap: str, seen: list[tuple[str, bool]]
) -> None:
    await sim.step("callback.fault", mishap=mishap, vendor="im", name="State.StateChange", seconds=0.1)
    for user in ("1", "2"):
        await sim.step("im.login", user=user)
    assert await told.sightings() == seen
    assert told.forged == (mishap == "forged")
    assert mishap in await faults(sim)
    assert (await sim.state())["faults"] == [], "it was for one"


async def test_trtc_tries_again_at_once_and_im_does_not(told: Told, sim: Controlled) -> None:
    told.endpoint.faults.append(CallFault(Mood.BROKEN, times=1))
    await sim.step("im.login", user="1")
    assert (await told.sightings(), told.endpoint.asked) == ([], 1)
    told.endpoint.faults.append(CallFault(Mood.BROKEN, times=1))
    await sim.step("trtc.enter", room="700", user="1")
    assert (await told.sightings(), told.endpoint.asked) == ([("1", True)], 4), "101 twice, and 103"


async def test_any_callback_can_be_pushed_and_is_signed(told: Told, sim: Controlled) -> None:
    info = {"RoomId": 700, "UserId": "9", "EventTs": int(sim.clock.now().timestamp())}
    await sim.step("callback", vendor="trtc", body={"EventGroupId": 1, "EventType": 103, "EventInfo": info})
    body = {"CallbackCommand": "State.StateChange", "Info": {"Action": "Login", "To_Account": ADMINISTRATOR}}
    await sim.step("callback", vendor="im", body=body, platform="iOS")
    assert sorted(await told.sightings()) == [("9", True), (ADMINISTRATOR, True)]


async def test_where_no_service_is_named_nothing_is_sent(sim: Controlled) -> None:
    await sim.step("im.login", user="1")
    (entry,) = [one for one in (await sim.state())["journal"] if one["kind"] == "callback"]
    assert (entry["status"], entry["answered"]) == (0, "not sent: no service is named")
