"""The doors of vendors, over HTTP: who is believed, what they are answered, and what it changes."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from liveroom.app.backends import make_live
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import UserId
from liveroom.http.callbacks import LONGEST
from liveroom.simulate.im_state import millis
from tests import callbacks
from tests.callbacks import KEYS, Callback
from tests.contract.conftest import Backend, Serving
from tests.examples import many
from tests.outages import Switch
from tests.service import SDK_APP_ID, Answer, Device, Service, serving

MANY = 300
THANKS = {
    "/callbacks/im": {"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0},
    "/callbacks/trtc": {"code": 0},
    "/callbacks/livekit": {"code": 0},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """Yield a service with the keys of all vendors."""
    async with serving(tmp_path_factory.mktemp("service"), **KEYS, **backend) as running:
        yield running


async def post(service: Service, given: Callback, path: str = "") -> Answer:
    return await service.send(
        "POST", path or given.path, query=given.query, content=given.content, headers=given.headers
    )


async def tell(service: Service, given: Callback) -> None:
    """Send a callback that has to be taken."""
    answer = await post(service, given)
    assert (answer.status, json.loads(answer.text)) == (200, THANKS[given.path]), answer.text


def every(service: Service, user: str = "40000001") -> list[Callback]:
    """Return one good callback of each vendor."""
    now = service.clock.now()
    return [
        callbacks.im_state(user, "Login", now),
        callbacks.trtc(103, "r1", user, now),
        callbacks.livekit("participant_joined", "r1", user, now),
    ]


async def explain(service: Service, device: Device) -> list[dict[str, Any]]:
    """Return what outside sources say of a user, as an admin reads it."""
    admin = await service.sign_up()
    await service.name_admin(admin)
    answer = await admin.call("presence/explain", {"searchUserId": device.user})
    return [one for one in answer.data if not one["sessionId"]]


async def is_online(service: Service, device: Device) -> bool:
    asker = await service.sign_up()
    (found,) = (await asker.call("presence/query", {"userIds": [device.user]})).data
    return bool(found["online"])


async def test_each_vendor_is_received_and_answered_as_it_wants(service: Service) -> None:
    viewer = await service.sign_up()
    for callback in every(service, viewer.user):
        await tell(service, callback)
    found = {one["source"]: (one["alive"], one["roomId"]) for one in await explain(service, viewer)}
    assert found == {"im": (True, ""), "trtc": (True, "r1"), "livekit": (True, "r1")}


@pytest.mark.parametrize("number", range(3))
async def test_the_doors_are_behind_every_stage_and_slash(service: Service, number: int) -> None:
    callback = every(service)[number]
    for path in (f"/prod{callback.path}", f"/dev/{callback.path}/", callback.path):
        assert (await post(service, callback, path)).status == 200
    assert (await service.send("GET", callback.path)).status in (404, 405)


async def test_the_doors_are_under_the_base_path(embedded: Serving) -> None:
    async with embedded(base_path="/live", **KEYS) as service:
        for callback in every(service):
            assert (await post(service, callback, f"/live{callback.path}")).status == 200


async def test_without_a_key_nobody_is_believed(embedded: Serving) -> None:
    async with embedded() as service:
        for callback in every(service):
            assert (await post(service, callback)).status == 403


async def test_a_wrong_signature_changes_nothing(service: Service) -> None:
    viewer = await service.sign_up()
    now = service.clock.now()
    im, trtc, livekit = every(service, viewer.user)
    for callback in (
        im._replace(query={**im.query, "Sign": "0" * 64}),
        im._replace(query={**im.query, "RequestTime": str(int(now.timestamp()) + 1)}),
        im._replace(query={}),
        trtc._replace(content=trtc.content + b" "),
        trtc._replace(headers={**trtc.headers, "Sign": ""}),
        callbacks.trtc_raw(trtc.content, key="another"),
        livekit._replace(content=livekit.content + b" "),
        callbacks.livekit_raw(livekit.content, now, secret=KEYS["livekit_secret"] + "x"),
        livekit._replace(headers={}),
    ):
        assert (await post(service, callback)).status == 403, callback
    assert await explain(service, viewer) == []


async def test_a_callback_that_is_repeated_after_a_while_is_refused_or_too_old(service: Service) -> None:
    viewer = await service.sign_up()
    im, trtc, livekit = every(service, viewer.user)
    service.clock.advance(61)
    assert (await post(service, im)).status == 403
    service.clock.advance(timedelta(minutes=10))
    await tell(service, trtc)
    assert (await post(service, livekit)).status == 403
    assert await explain(service, viewer) == []


async def test_an_application_of_nobody_s_is_refused(service: Service) -> None:
    now = service.clock.now()
    for app in (SDK_APP_ID + 77, 0):
        assert (await post(service, callbacks.im_state("40000001", "Login", now, app=app))).status == 403
        assert (await post(service, callbacks.trtc(103, "r1", "40000001", now, app=app))).status == 403


async def test_an_application_speaks_of_its_own_tenants_users_alone(service: Service) -> None:
    tenant = await service.make_tenant("callbacks")
    theirs, ours = await service.sign_up(app="callbacks"), await service.sign_up()
    now = service.clock.now()
    await tell(service, callbacks.trtc(103, "r1", theirs.user, now))
    await tell(service, callbacks.im_state(ours.user, "Login", now, app=tenant.sdk_app_id))
    await tell(service, callbacks.im_state(theirs.user, "Login", now, app=tenant.sdk_app_id))
    live = service.core.live
    assert [one.source for one in await live.sources(UserId(theirs.user)) if not one.session] == ["im"]
    assert [one.source for one in await live.sources(UserId(ours.user)) if not one.session] == []


async def test_who_has_no_account_here_is_passed_over(service: Service) -> None:
    for user in ("administrator", "@RBT#1", "recorder_8489", "x" * 64):
        for callback in every(service, user):
            await tell(service, callback)
        assert await service.core.live.sources(UserId(user)) == []


async def test_a_word_about_the_future_counts_as_said_now(service: Service) -> None:
    viewer = await service.sign_up()
    now = service.clock.now()
    body = {
        "EventTime": millis(now + timedelta(days=900)),
        "Info": {"Action": "Login", "To_Account": viewer.user},
    }
    await tell(service, callbacks.im("State.StateChange", now, body))
    service.clock.advance(5)
    await tell(service, callbacks.im_state(viewer.user, "Logout", service.clock.now()))
    service.clock.advance(21)
    assert [one["alive"] for one in await explain(service, viewer)] == [False]


async def test_a_body_is_bounded(service: Service) -> None:
    for callback in every(service):
        assert (await post(service, callback._replace(content=b"x" * (LONGEST + 1)))).status == 413
    big = callbacks.trtc_raw(b'{"EventInfo":"' + b"x" * (LONGEST - 20) + b'"}')
    assert (await post(service, big)).status == 200


async def test_presence_counts_who_is_only_seen_outside(service: Service) -> None:
    viewer = await service.sign_up()
    await viewer.call("auth_users/user_keepalive")
    await tell(service, callbacks.im_state(viewer.user, "Login", service.clock.now()))
    for _ in range(10):
        service.clock.advance(20)
        await service.tick()
    assert await is_online(service, viewer)
    await tell(service, callbacks.im_state(viewer.user, "Disconnect", service.clock.now()))
    service.clock.advance(21)
    assert not await is_online(service, viewer)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["Login", "r1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
COMMANDS = st.sampled_from(
    [
        *("State.StateChange", "Group.CallbackOnMemberStateChange", "Group.CallbackAfterGroupDestroyed"),
        *("C2C.CallbackAfterSendMsg", ""),
    ]
)
NAMES = [
    *("CallbackCommand", "EventTime", "Info", "GroupId", "EventType", "MemberList", "Owner_Account", "KickedDevice"),
    *("EventInfo", "EventGroupId", "event", "room", "participant", "createdAt"),
]
INNER = [
    *("Action", "To_Account", "RoomId", "UserId", "EventMsTs", "EventTs", "name", "sid", "identity", "Member_Account"),
]
PARTS = st.dictionaries(st.sampled_from(INNER), JUNK, max_size=6)
BODIES = st.dictionaries(st.sampled_from(NAMES), JUNK | PARTS | st.lists(PARTS, max_size=3), max_size=8)


async def test_what_vendors_say_of_a_room_is_in_its_timeline(service: Service) -> None:
    host, viewer, backend = await service.sign_up(), await service.sign_up(), await service.make_key()
    room, elsewhere = await host.go_live(), await (await service.sign_up()).go_live()
    await viewer.enter(room)
    said = [
        callbacks.trtc(103, room, viewer.user, service.clock.now()),
        callbacks.trtc(103, room, "recorder", service.clock.now()),
        callbacks.livekit("track_published", room, host.user, service.clock.now()),
        callbacks.im_found(room, viewer.user, "bad words", service.clock.now(), label="Abuse", suggestion="Review"),
    ]
    for callback in (*said, *said, callbacks.trtc(104, elsewhere, host.user, service.clock.now())):
        await tell(service, callback)
    service.clock.advance(1)
    await viewer.call("rooms/leave_room", {"roomId": room})
    for callback in (
        callbacks.trtc(104, room, viewer.user, service.clock.now()),
        callbacks.trtc(102, room, "", service.clock.now()),
    ):
        await tell(service, callback)
    assert await service.core.jobs.callback_notes.flush() == 0
    service.clock.advance(4)
    await service.core.jobs.backlog.write_all()
    assert await service.core.jobs.callback_notes.flush() > 0
    asked = {"roomId": room, "kinds": ["callback"], "oldestFirst": True}
    rows = (await backend.call("admin/room_timeline", asked)).data
    assert sorted((row["action"], row["userId"]) for row in rows) == [
        ("livekit.published", host.user),
        ("moderation.review", viewer.user),
        ("trtc.ended", ""),
        ("trtc.gone", viewer.user),
        ("trtc.present", viewer.user),
    ]
    of_viewer = (await backend.call("admin/room_timeline", {**asked, "userId": viewer.user})).data
    assert of_viewer == [row for row in rows if row["userId"] == viewer.user]
    (stray,) = (await backend.call("admin/room_timeline", {**asked, "roomId": elsewhere})).data
    assert (stray["action"], stray["userId"], stray["name"]) == ("trtc.gone", "", "")


async def test_whatever_is_sent_is_answered_without_an_error_of_ours(service: Service) -> None:
    now = service.clock.now()
    callback: list[Callback] = []

    @many(MANY)
    @given(
        COMMANDS, BODIES, st.binary(max_size=40), st.booleans(), st.sampled_from([101, 102, 103, 104, 203, "104", None])
    )
    def collect(command: str, body: dict[str, Any], raw: bytes, is_raw: bool, event: object) -> None:
        content = raw if is_raw else json.dumps({"EventType": event, **body}).encode()
        callback.extend(
            [callbacks.im(command, now, content), callbacks.trtc_raw(content), callbacks.livekit_raw(content, now)]
        )

    collect()
    assert len(callback) >= 3 * MANY
    for first in range(0, len(callback), 20):
        answers = await asyncio.gather(*(post(service, one) for one in callback[first : first + 20]))
        assert {answer.status for answer in answers} <= {200, 400}, callback[first : first + 20]


async def test_a_live_store_that_is_down_is_a_503_to_who_repeats_and_thanks_to_who_does_not(tmp_path: Path) -> None:
    live = Switch(LiveUnavailable)

    def make(*given: Any) -> Any:
        return live.over(make_live(*given))

    async with serving(tmp_path, make=make, **KEYS) as service:
        viewer = await service.sign_up()
        live.down = True
        im, trtc, livekit = every(service, viewer.user)
        assert [(await post(service, callback)).status for callback in (im, trtc, livekit)] == [200, 503, 503]
        live.down = False
        await tell(service, trtc)
        assert [one["source"] for one in await explain(service, viewer)] == ["trtc"]
