"""LiveKit's ingress before a stand-in that checks tokens and grants, and what its webhooks say."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from liveroom.domain.errors import BadRequest, PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import (
    LiveStream,
    PushKey,
    PushProtocol,
    PushSession,
    StreamCall,
    StreamName,
    StreamReport,
    StreamReportKind,
)
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.livekit.twirp import LivekitService
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.streams.livekit_events import LivekitIngressEvents
from liveroom.providers.streams.livekit_ingress import LivekitIngress
from liveroom.simulate.endpoint import Mood, VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving
from tests import callbacks
from tests.callbacks import LIVEKIT_KEY, LIVEKIT_SECRET
from tests.vendors.livekit_server import NO_JSON
from tests.worlds import WoundClock

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
NAME, ROOM, ALICE = StreamName("room1001"), RoomId("room-abc"), UserId("alice")
KEY = PushKey("our-own-key", NOW)
STATE = {"status": "ENDPOINT_PUBLISHING", "started_at": "1782000000000000000", "resource_id": "r1"}


@dataclass
class FakeIngress:
    """What ingresses a server has."""

    ingresses: dict[str, dict[str, Any]] = field(default_factory=dict)
    removed: list[tuple[str, str]] = field(default_factory=list)
    made: int = 0
    page: int = 1000
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer)

    def _answer(self, request: VendorRequest) -> VendorResponse:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            grant = jwt.decode(token, LIVEKIT_SECRET, algorithms=["HS256"], issuer=LIVEKIT_KEY)["video"]
        except jwt.InvalidTokenError:
            return VendorResponse(NO_JSON, 401)
        service, _, method = request.target.removeprefix("/twirp/livekit.").partition("/")
        said = json.loads(request.body)
        if service == "Ingress" and grant == {"ingressAdmin": True}:
            return self._do(method, said)
        if (method, grant) == ("RemoveParticipant", {"roomAdmin": True, "room": said["room"]}):
            self.removed.append((said["room"], said["identity"]))
            return VendorResponse(b"{}")
        return VendorResponse(b'{"code":"permission_denied"}', 403)

    def _do(self, method: str, said: Mapping[str, Any]) -> VendorResponse:
        if method == "CreateIngress":
            self.made += 1
            rtmp = {"RTMP_INPUT": "rtmp://l.example.com/x", "WHIP_INPUT": "https://l.example.com/w"}[said["input_type"]]
            made = {**said, "ingress_id": f"IN_{self.made}", "url": rtmp, "stream_key": f"key{self.made}"}
            idle = {"status": "ENDPOINT_INACTIVE", "error": "", "video": None, "started_at": "0", "resource_id": ""}
            self.ingresses[made["ingress_id"]] = {**made, "state": idle}
            return VendorResponse(json.dumps(made).encode())
        if method == "ListIngress":
            start = int(said.get("page_token", {}).get("token", 0))
            items = list(self.ingresses.values())[start : start + self.page]
            after = {"token": str(start + self.page)} if start + self.page < len(self.ingresses) else None
            return VendorResponse(
                json.dumps({"next_page_token": after, **({"items": items} if items else {})}).encode()
            )
        if said["ingress_id"] not in self.ingresses:
            return VendorResponse(b'{"code":"not_found"}', 404)
        if method == "DeleteIngress":
            return VendorResponse(json.dumps(self.ingresses.pop(said["ingress_id"])).encode())
        self.ingresses[said["ingress_id"]] |= {"enabled": said["enabled"]}
        return VendorResponse(json.dumps(self.ingresses[said["ingress_id"]]).encode())


@pytest.fixture
async def server() -> AsyncIterator[FakeIngress]:
    fake = FakeIngress()
    async with serving(fake.endpoint):
        yield fake


@pytest.fixture
async def ingress(server: FakeIngress) -> AsyncIterator[LivekitIngress]:
    outgoing = Outgoing("LiveKit", timeout=timedelta(seconds=5))
    yield made(server, outgoing)
    await outgoing.close()


def made(server: FakeIngress, outgoing: Outgoing, secret: str = LIVEKIT_SECRET) -> LivekitIngress:
    clock, url = WoundClock(), server.endpoint.url
    ingress, rooms = (
        LivekitService(name, outgoing, clock, url=url, key=LIVEKIT_KEY, secret=secret)
        for name in ("Ingress", "RoomService")
    )
    return LivekitIngress(ingress, rooms, clock)


async def test_an_ingress_is_made_for_each_protocol_and_those_before_are_gone(
    server: FakeIngress, ingress: LivekitIngress
) -> None:
    await ingress.push_addresses(NAME, KEY, room=ROOM)
    await ingress.push_addresses(StreamName("another"), KEY, room=ROOM)
    rtmp, whip = await ingress.push_addresses(NAME, KEY, room=ROOM)
    assert (rtmp.protocol, rtmp.server, rtmp.key) == (PushProtocol.RTMP, "rtmp://l.example.com/x", "key5")
    assert (whip.protocol, whip.server, whip.key) == (PushProtocol.WHIP, "https://l.example.com/w", "key6")
    assert list(server.ingresses) == ["IN_3", "IN_4", "IN_5", "IN_6"]
    made = server.ingresses["IN_5"]
    assert (made["room_name"], made["participant_identity"]) == (ROOM, f"stream-{NAME}")
    assert ingress.play_addresses(NAME, ALICE, NOW) == []


async def test_the_list_has_what_is_published(server: FakeIngress, ingress: LivekitIngress) -> None:
    assert (await ingress.live()).streams == []
    await ingress.push_addresses(NAME, KEY, room=ROOM)
    video = {"mime_type": "video/h264", "average_bitrate": 2_500_000, "width": 1280, "height": 720}
    server.ingresses["IN_1"]["state"] = {**STATE, "video": video}
    found = await ingress.live()
    assert found.is_whole
    (stream,) = found.streams
    assert stream._replace(since=None) == LiveStream(NAME, PushSession("r1"), None, 1280, 720, 2500)


async def test_all_pages_of_the_list_are_asked_for(server: FakeIngress, ingress: LivekitIngress) -> None:
    for number in range(5):
        await ingress.push_addresses(StreamName(f"s{number}"), KEY, room=ROOM)
    for one in server.ingresses.values():
        one["state"] = {**STATE, "resource_id": one["ingress_id"]}
    server.page, before = 4, server.endpoint.asked
    assert len((await ingress.live()).streams) == 10
    assert server.endpoint.asked - before == 3


async def test_a_push_is_taken_out_of_its_room_if_it_is_the_session(
    server: FakeIngress, ingress: LivekitIngress
) -> None:
    await ingress.push_addresses(NAME, KEY, room=ROOM)
    server.ingresses["IN_1"]["state"] = dict(STATE)
    await ingress.drop(NAME, PushSession("another"))
    assert server.removed == []
    await ingress.drop(NAME, PushSession("r1"))
    assert server.removed == [(ROOM, f"stream-{NAME}")]


async def test_a_name_is_forbidden_and_allowed_again(server: FakeIngress, ingress: LivekitIngress) -> None:
    await ingress.push_addresses(NAME, KEY, room=ROOM)
    await ingress.forbid(NAME, None)
    assert {one["enabled"] for one in server.ingresses.values()} == {False}
    await ingress.allow(NAME)
    assert {one["enabled"] for one in server.ingresses.values()} == {True}


async def test_failures_say_whose_they_are(server: FakeIngress, ingress: LivekitIngress) -> None:
    outgoing = Outgoing("LiveKit", timeout=timedelta(seconds=5))
    with pytest.raises(VendorFailure) as access:
        await made(server, outgoing, secret=LIVEKIT_SECRET[::-1]).live()
    assert access.value.trouble is Trouble.ACCESS
    for mood in (Mood.NONSENSE, Mood.BROKEN):
        server.endpoint.mood = mood
        with pytest.raises(VendorFailure) as failure:
            await ingress.live()
        assert failure.value.trouble is Trouble.BUSY, mood
    await outgoing.close()


def read(said: Any, **claims: Any) -> StreamCall:
    sent = callbacks.livekit_raw(said if isinstance(said, bytes) else json.dumps(said).encode(), NOW, **claims)
    headers = {name.lower(): value for name, value in sent.headers.items()}
    return LivekitIngressEvents(LIVEKIT_KEY, LIVEKIT_SECRET).read({}, headers, sent.content, NOW)


STARTED = {
    "event": "ingress_started", "id": "EV_1", "createdAt": "1796094000",
    "ingressInfo": {
        "ingressId": "IN_1", "name": "room1001", "streamKey": "key1", "url": "rtmp://l.example.com/x",
        "inputType": "RTMP_INPUT", "roomName": "room-abc", "participantIdentity": "stream-room1001",
        "state": {"status": "ENDPOINT_PUBLISHING", "startedAt": "1796094000000000000", "resourceId": "r1",
                  "video": {"mimeType": "video/h264", "width": 1280, "height": 720}},
    },
}  # fmt: skip


def test_a_push_has_started_and_its_end_has_the_same_session() -> None:
    report = StreamReport(
        StreamReportKind.STARTED, NAME, PushSession("r1"), "", datetime.fromtimestamp(1796094000, UTC), False, 1280, 720
    )
    assert read(STARTED) == StreamCall(report)
    state = {"status": "ENDPOINT_ERROR", "error": "the encoder went away", "resourceId": "r1"}
    info: dict[str, Any] = {**STARTED["ingressInfo"], "state": state}  # type: ignore[dict-item]
    ended = read({**STARTED, "event": "ingress_ended", "ingressInfo": info}).report
    assert ended is not None
    assert (ended.kind, ended.session, ended.reason) == (StreamReportKind.ENDED, "r1", "the encoder went away")


@pytest.mark.parametrize(
    "changed",
    [
        {"event": "room_started"},
        {"event": 5},
        {"ingressInfo": None},
        {"ingressInfo": {"name": "not ours", "state": {"resourceId": "r1"}}},
        {"ingressInfo": {"name": "room1001"}},
        {"ingressInfo": {"name": "room1001", "state": {"resourceId": "", "startedAt": "0"}}},
        {"ingressInfo": {"name": "room1001", "state": {"resourceId": ["r1"], "startedAt": {}}}},
    ],
)
def test_what_says_nothing_of_a_push_is_thanked_for(changed: dict[str, Any]) -> None:
    assert read({**STARTED, **changed}) == StreamCall()
    assert LivekitIngressEvents("", "").answer(StreamCall(), is_allowed=False).status == 200


def test_what_livekit_did_not_sign_is_refused() -> None:
    with pytest.raises(PermissionDenied):
        read(STARTED, secret="another secret of the same length")
    with pytest.raises(PermissionDenied):
        read(STARTED, sha256="x")
    with pytest.raises(BadRequest):
        read(b"[]")
