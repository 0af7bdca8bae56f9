"""Ingresses of a real LiveKit with a Redis, without the workers that take what is pushed: addresses come and go."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from liveroom.clock import SystemClock
from liveroom.domain.ids import RoomId
from liveroom.domain.streams.model import PushKey, PushProtocol, PushSession, StreamName
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.livekit.twirp import LivekitService
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.streams.livekit_ingress import LivekitIngress
from tests.servers import LOOPBACK, Redis, running
from tests.vendors.real_livekit import KEY, PROGRAM, SECRET, RealLivekit

pytestmark = pytest.mark.long
NAME, OTHER, ROOM = StreamName("room1001"), StreamName("another"), RoomId("room-abc")
ADMIN = {"ingressAdmin": True}


class IngressLivekit(RealLivekit):
    """One that keeps ingresses, in this Redis."""

    def __init__(self, folder: Path, redis: Redis) -> None:
        super().__init__(folder)
        path = folder / "livekit.yaml"
        configuration = yaml.safe_load(path.read_text())
        configuration["redis"] = {"address": f"{LOOPBACK}:{redis.port}"}
        configuration["ingress"] = {
            "rtmp_base_url": "rtmp://l.example.com/x",
            "whip_base_url": "https://l.example.com/w",
        }
        path.write_text(yaml.safe_dump(configuration))


@pytest.fixture(scope="module")
def livekit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IngressLivekit]:
    if not PROGRAM.exists():
        pytest.skip("livekit-server is not here: scripts/get-test-livekit.sh builds it, where Go is")
    folder = tmp_path_factory.mktemp("ingress")
    with running(Redis(folder / "redis")) as redis, running(IngressLivekit(folder / "livekit", redis)) as server:
        yield server


@pytest.fixture
async def outgoing() -> AsyncIterator[Outgoing]:
    way = Outgoing("LiveKit", timeout=timedelta(seconds=30))
    yield way
    await way.close()


def service(name: str, livekit: IngressLivekit, outgoing: Outgoing, secret: str = SECRET) -> LivekitService:
    return LivekitService(name, outgoing, SystemClock(), url=livekit.url, key=KEY, secret=secret)


async def test_addresses_are_made_changed_forbidden_and_listed(livekit: IngressLivekit, outgoing: Outgoing) -> None:
    ingresses, rooms = (service(name, livekit, outgoing) for name in ("Ingress", "RoomService"))
    ingress, key = LivekitIngress(ingresses, rooms, SystemClock()), PushKey("ours", SystemClock().now())

    async def items() -> list[dict[str, object]]:
        return list((await ingresses.call("ListIngress", {}, ADMIN)).get("items", []))

    former = await ingress.push_addresses(NAME, key, room=ROOM)
    await ingress.push_addresses(OTHER, key, room=ROOM)
    rtmp, whip = await ingress.push_addresses(NAME, key, room=ROOM)
    assert (rtmp.protocol, rtmp.server) == (PushProtocol.RTMP, "rtmp://l.example.com/x")
    assert (whip.protocol, whip.server) == (PushProtocol.WHIP, "https://l.example.com/w")
    there = await items()
    assert {one["stream_key"] for one in there if one["name"] == NAME} == {rtmp.key, whip.key}
    assert not {rtmp.key, whip.key} & {one.key for one in former}
    assert {one["participant_identity"] for one in there} == {f"stream-{NAME}", f"stream-{OTHER}"}

    await ingress.forbid(NAME, None)
    assert {(one["name"], one["enabled"]) for one in await items()} == {(NAME, False), (OTHER, True)}
    await ingress.allow(NAME)
    assert {one["enabled"] for one in await items()} == {True}

    await ingress.drop(NAME, PushSession(""))
    assert await ingress.live() == ([], True)


async def test_a_wrong_secret_is_refused(livekit: IngressLivekit, outgoing: Outgoing) -> None:
    stranger = service("Ingress", livekit, outgoing, SECRET[::-1])
    with pytest.raises(VendorFailure, match="LIVEROOM_LIVEKIT_SECRET") as failure:
        await LivekitIngress(stranger, stranger, SystemClock()).live()
    assert failure.value.trouble is Trouble.ACCESS
