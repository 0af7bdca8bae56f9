"""What a recorded call tells: its tree of spans, its place in the caller's trace, and nothing of the caller."""

import io
import json
from pathlib import Path
from typing import Final

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.realtime.conftest import staging
from tests.tracing.collector import Collector
from tests.tracing.conftest import PARENT, SAMPLED, TRACE, UNSAMPLED, Recorded

OPENMETRICS: Final = {"accept": "application/openmetrics-text; version=1.0.0"}


async def test_a_call_is_a_tree_of_what_it_has_asked_of_the_database(recorded: Recorded) -> None:
    host = await recorded.stage.service.sign_up()
    await host.go_live()
    top = await recorded.span("POST /base/v1/rooms/enter_room")
    assert top.span.kind == Span.SPAN_KIND_SERVER
    assert top.about == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": "/base/v1/rooms/enter_room",
        "liveroom.code": 0,
        "network.protocol.version": "1.1",
        "url.scheme": "http",
    }
    assert top.resource["service.name"] == "liveroom"
    below = list(recorded.collector.below(top))
    (opening, *_) = [one for one in below if one.name == "transaction"]
    written = recorded.collector.tree(opening)
    assert "  INSERT lr_rooms" in written or "  INSERT lr_broadcasts" in written, written
    statement = next(one for one in below if one.name == "INSERT lr_broadcasts")
    assert statement.span.kind == Span.SPAN_KIND_CLIENT
    assert statement.about == {
        "db.system.name": "sqlite",
        "db.operation.name": "INSERT",
        "db.collection.name": "lr_broadcasts",
        "db.query.summary": "INSERT lr_broadcasts",
    }


async def test_nothing_of_who_calls_is_in_spans(recorded: Recorded) -> None:
    service = recorded.stage.service
    host, room, peer = await recorded.stage.host()
    await peer.subscribe(room)
    guest = await service.sign_up()
    await guest.enter(room)
    secret = {"name": "Confidential Conny", "avatar": "https://pictures.example.com/conny.png"}
    await guest.call("auth_users/user_update", secret)
    await guest.call("rooms/enter_room", {"roomId": "no such room", "password": "pa55word"})
    await recorded.flush()
    sent = b"".join(recorded.collector.bodies)
    assert any(one.name.endswith("user_update") for one in recorded.collector.spans)
    private = [host.token, guest.token, host.user, guest.user, room, guest.account.username, guest.account.salt]
    for text in (*private, *secret.values(), "pa55word", "no such room", "127.0.0.1", "203.0.113.9", "python-httpx"):
        assert text.encode() not in sent, text


async def test_a_call_is_part_of_the_trace_of_the_app_that_makes_it(recorded: Recorded) -> None:
    await recorded.stage.service.call("gslb", headers={**SAMPLED, "tracestate": "vendor=1"})
    top = await recorded.span("POST /base/v1/gslb")
    assert (top.trace, top.parent, top.span.trace_state) == (TRACE, PARENT, "vendor=1")


async def test_a_call_that_its_app_does_not_record_is_not_recorded(recorded: Recorded) -> None:
    await recorded.stage.service.call("gslb", headers=UNSAMPLED)
    await recorded.flush()
    assert recorded.collector.spans == []


async def test_a_parent_that_cannot_be_read_is_none(recorded: Recorded) -> None:
    await recorded.stage.service.call("gslb", headers={"traceparent": "00-not-a-parent"})
    top = await recorded.span("POST /base/v1/gslb")
    assert not top.parent


async def test_without_a_parent_the_ratio_decides(collector: Collector, tmp_path: Path) -> None:
    async with staging(tmp_path, traces=True, traces_ratio=0, traces_endpoint=collector.url) as stage:
        await stage.service.call("gslb")
        await stage.service.call("gslb", headers=SAMPLED)
        recorded = Recorded(stage, collector)
        assert (await recorded.span("POST /base/v1/gslb")).parent == PARENT
        assert len(collector.spans) == 1


async def test_callers_have_no_more_recorded_than_the_setting_allows(collector: Collector, tmp_path: Path) -> None:
    settings = {"traces_ratio": 0, "traces_per_second": 2, "traces_endpoint": collector.url}
    async with staging(tmp_path, traces=True, **settings) as stage:
        for _ in range(40):
            await stage.service.call("gslb", headers=SAMPLED)
        await Recorded(stage, collector).flush()
    assert 2 <= len(collector.spans) <= 20, "two a second, however long forty calls take here"


async def test_a_refusal_is_no_failure_of_a_span(recorded: Recorded) -> None:
    guest = await recorded.stage.service.sign_up()
    refused = await guest.call("rooms/room_detail", {"roomId": "nobody"})
    top = await recorded.span("POST /base/v1/rooms/room_detail")
    assert top.about["liveroom.code"] == refused.code != 0
    assert not top.has_failed
    assert not any(one.has_failed for one in recorded.collector.below(top))


async def test_what_a_call_logs_names_its_trace(collector: Collector, tmp_path: Path, written_log: io.StringIO) -> None:
    settings = {"traces_ratio": 1, "traces_endpoint": collector.url, "log_level": "debug"}
    async with staging(tmp_path, traces=True, **settings) as stage:
        await stage.service.call("gslb")
        top = await Recorded(stage, collector).span("POST /base/v1/gslb")
    lines = [json.loads(line) for line in written_log.getvalue().splitlines()]
    (call,) = [line for line in lines if line["event"] == "call"]
    assert (call["method"], call["trace"]) == ("base/v1/gslb", top.trace)


async def test_a_bucket_of_a_histogram_names_a_call_that_fell_into_it(recorded: Recorded) -> None:
    service = recorded.stage.service
    await service.call("gslb")
    top = await recorded.span("POST /base/v1/gslb")
    page = (await service.send("GET", "/metrics", headers=OPENMETRICS)).text
    (line,) = [line for line in page.splitlines() if top.trace in line]
    assert line.startswith('liveroom_call_seconds_bucket{le="')
    assert 'method="base/v1/gslb"' in line
    assert top.trace not in (await service.send("GET", "/metrics", headers={"accept": "text/plain"})).text


async def test_a_socket_s_commands_are_recorded_one_by_one(recorded: Recorded) -> None:
    _, room, peer = await recorded.stage.host()
    await peer.subscribe(room)
    await peer.rpc("rooms/room_detail", roomId=room)
    await recorded.flush()
    named = [one.name for one in recorded.collector.spans if not one.parent]
    assert {"socket connect", "socket subscribe", "socket base/v1/rooms/room_detail"} <= {*named}
    top = recorded.collector.named("socket base/v1/rooms/room_detail")
    assert top.about == {
        "rpc.system.name": "centrifuge",
        "rpc.method": "base/v1/rooms/room_detail",
        "liveroom.code": 0,
    }


async def test_a_socket_that_connects_may_name_a_parent(recorded: Recorded) -> None:
    host = await recorded.stage.service.sign_up()
    peer = recorded.stage.visit()
    await peer.ask(connect={"data": {"token": host.token}, "headers": SAMPLED})
    top = await recorded.span("socket connect")
    assert (top.trace, top.parent) == (TRACE, PARENT)


async def test_other_pages_are_named_by_their_routes_and_machines_are_not_recorded(recorded: Recorded) -> None:
    service = recorded.stage.service
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
        await service.send("GET", path)
    await recorded.flush()
    assert [one.name for one in recorded.collector.spans] == ["GET /openapi.json"]
