"""CSS, simulated: whose encoder is let in, the API that our own client calls, and a service that is told of pushes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.drift.model import DriftSource
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import PlayProtocol, PushKey, PushSession, StreamName
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.streams import css
from liveroom.providers.tencent.cloud import CloudRefused, TencentCloud
from liveroom.settings import simulated
from liveroom.simulate.callbacks import CallbackFault, Mishap
from liveroom.simulate.endpoint import VendorRequest, VendorResponse
from liveroom.simulate.serving import listening
from liveroom.simulate.simulator import Simulator, simulating
from tests.service import Device, Service, serving
from tests.simulate.conftest import Controlled
from tests.worlds import WoundClock

NAME = StreamName("lrname")
HOUR = timedelta(hours=1)


def cloud(sim: Controlled, secret: str = simulated.SECRET_KEY) -> TencentCloud:
    return TencentCloud(sim.simulator.css.service.endpoint.url, simulated.SECRET_ID, secret, sim.clock)


def client(sim: Controlled, secret: str = simulated.SECRET_KEY) -> css.CssStreams:
    push_keys = css.CssKeys(simulated.CSS_PUSH_KEY, simulated.CSS_PUSH_BACKUP_KEY)
    domains = css.CssDomains(
        simulated.CSS_PUSH_DOMAIN, simulated.CSS_PLAY_DOMAIN, push_keys=push_keys,
        play_keys=css.CssKeys(simulated.CSS_PLAY_KEY),
    )  # fmt: skip
    return css.CssStreams(cloud(sim, secret), sim.clock, domains)


async def pushed(sim: Controlled, *, ends: timedelta = HOUR) -> list[str]:
    """Return the addresses of RTMP for a stream: by the main key, and by the backup key."""
    key = PushKey("our-own", sim.clock.now() + ends)
    found = await client(sim).push_addresses(NAME, key, room=RoomId("1"))
    return [one.url for one in found if one.url.startswith("rtmp:")]


async def test_an_encoder_is_let_in_by_either_key_until_the_address_ends(sim: Controlled) -> None:
    main, backup = await pushed(sim)
    assert (await sim.step("css.push", address=main))["stream"] == NAME
    assert (await sim.step("css.push", address=backup))["stream"] == NAME
    assert "503" in await sim.refused("css.push", address=main.replace("txSecret=", "txSecret=0"))
    assert "503" in await sim.refused("css.push", address=main.replace(NAME, "lrother"))
    assert "begin with" in await sim.refused("css.push", address=main.replace("/live/", "/film/"))
    sim.clock.advance(3601)
    assert "501" in await sim.refused("css.push", address=main)


async def test_a_viewers_address_is_good_until_it_ends(sim: Controlled) -> None:
    urls = {one.protocol: one.url for one in client(sim).play_addresses(NAME, UserId("2"), sim.clock.now() + HOUR)}
    assert not (await sim.step("css.play", address=urls[PlayProtocol.HLS]))["live"]
    await sim.step("css.push", address=(await pushed(sim))[0])
    assert (await sim.step("css.play", address=urls[PlayProtocol.FLV]))["live"]
    assert "503" in await sim.refused("css.play", address=urls[PlayProtocol.FLV].replace("?txSecret=", "?x="))
    sim.clock.advance(3601)
    assert "501" in await sim.refused("css.play", address=urls[PlayProtocol.FLV])


async def test_the_api_lists_drops_forbids_and_lets_in_again(sim: Controlled) -> None:
    api, (address, _) = client(sim), await pushed(sim)
    await sim.step("css.push", address=address)
    (live,) = (found := await api.live()).streams
    assert (live.name, live.since, found.is_whole) == (NAME, sim.clock.now(), True)
    await api.drop(NAME, PushSession(""))
    assert (await api.live()).streams == []
    await api.drop(NAME, PushSession(""))
    await sim.step("css.push", address=address)
    await api.forbid(NAME, None)
    assert "305" in await sim.refused("css.push", address=address)
    assert (await sim.state())["css"][0]["forbidden"]
    await api.allow(NAME)
    await sim.step("css.push", address=address)


async def test_it_checks_the_signature_the_domain_and_how_a_list_is_asked_for(sim: Controlled) -> None:
    with pytest.raises(VendorFailure) as refused:
        await client(sim, "another").live()
    assert refused.value.trouble is Trouble.ACCESS
    about = {"DomainName": simulated.CSS_PUSH_DOMAIN, "AppName": simulated.CSS_APP}
    for action, said in (
        ("DropLiveStream", {**about, "DomainName": "push.example.com", "StreamName": NAME}),
        ("ForbidLiveStream", {**about, "StreamName": NAME, "ResumeTime": "2030-01-01T00:00:00Z"}),
        ("DescribeLiveStreamOnlineList", {**about, "PageNum": 1, "PageSize": 1}),
    ):
        with pytest.raises(CloudRefused):
            await cloud(sim).call(action, css.VERSION, said)


@dataclass
class Show:
    """A service whose streams are pushed to the simulator, and a host with a room."""

    service: Service
    simulator: Simulator
    host: Device
    room: str

    async def states(self) -> list[str]:
        await self.simulator.callbacks.drain()
        await self.service.services.media.streams.due_streams.run()
        return [one["state"] for one in (await self.host.call("streams/list", {"roomId": self.room})).data["streams"]]


@pytest.fixture
async def show(tmp_path: Path) -> AsyncIterator[Show]:
    clock = WoundClock()
    simulator = Simulator(clock)
    async with (
        simulating(simulator) as url,
        serving(tmp_path, clock=clock, simulator=url, streams="css") as service,
        listening(_receiving(service)) as simulator.callbacks.target,
    ):
        host = await service.sign_up()
        yield Show(service, simulator, host, await host.go_live())


def _receiving(
    service: Service,
) -> Callable[[VendorRequest, Callable[[], Awaitable[object]]], Awaitable[VendorResponse]]:
    async def answer(request: VendorRequest, _: Callable[[], Awaitable[object]]) -> VendorResponse:
        headers = {"content-type": "application/json"}
        said = await service.send("POST", request.target, content=request.body, headers=headers)
        return VendorResponse(said.text.encode(), said.status)

    return answer


def _rtmp(made: dict[str, Any]) -> str:
    return str(next(one["url"] for one in made["addresses"] if one["protocol"] == "rtmp"))


async def test_a_service_follows_what_is_pushed_though_calls_are_doubled_forged_and_lost(show: Show) -> None:
    made = (await show.host.call("streams/create", {"roomId": show.room})).data
    faults, simulator = show.simulator.callbacks.faults, show.simulator
    faults += [CallbackFault(Mishap.DOUBLED, "css", "1"), CallbackFault(Mishap.DOUBLED, "css", "0")]
    simulator.css.push(_rtmp(made))
    assert await show.states() == ["live"]
    simulator.css.push(_rtmp(made))
    assert await show.states() == ["live"], "the newer push has replaced the former"
    simulator.css.leave(made["addresses"][0]["key"].partition("?")[0])
    assert await show.states() == ["interrupted"]
    faults.append(CallbackFault(Mishap.LOST, "css", times=0))
    show.service.clock.advance(5)
    simulator.css.push(_rtmp(made))
    assert await show.states() == ["interrupted"], "nobody has said so"
    show.service.clock.advance(30)
    await show.service.services.console.drift.reconciliation.look(DriftSource.STREAMS)
    assert await show.states() == ["live"], "the list has it"


async def test_a_stream_that_is_stopped_is_forbidden_and_a_rotated_key_lets_nobody_stay(show: Show) -> None:
    made = (await show.host.call("streams/create", {"roomId": show.room})).data
    about, simulator = {"streamId": made["streamId"]}, show.simulator
    simulator.css.push(_rtmp(made))
    assert await show.states() == ["live"]
    assert (await show.host.call("streams/stop", about)).code == 0
    assert (await show.states(), simulator.css.pushes, len(simulator.css.forbidden)) == (["ended"], {}, 1)
    assert (await show.host.call("streams/start", about)).code == 0
    await show.host.call("streams/rotate_key", about)
    simulator.css.push(_rtmp(made))
    assert await show.states() == ["ended"]
    assert simulator.css.pushes == {}, "its signature is good and its key is not: it is dropped"
