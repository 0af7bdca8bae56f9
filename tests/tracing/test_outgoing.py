"""What is sent to others: spans of it, and the trace in the headers of what operators' own servers get."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from liveroom.domain.hooks.model import LONGEST, HookType
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.providers.outgoing import Outgoing
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving
from tests.hook_server import hook_server
from tests.realtime.conftest import staging
from tests.service import SECRET
from tests.tracing.collector import Collector, flush
from tests.tracing.conftest import Recorded


class Asked:
    """A server that keeps the headers of what it is asked."""

    def __init__(self, answer: bytes = b"{}") -> None:
        self.headers: list[dict[str, str]] = []
        self.endpoint = VendorEndpoint(self._answer)
        self._body = answer

    def _answer(self, request: VendorRequest) -> VendorResponse:
        self.headers.append(request.headers)
        return VendorResponse(self._body)


@asynccontextmanager
async def asked() -> AsyncIterator[Asked]:
    """Yield a server at a free port."""
    server = Asked()
    async with serving(server.endpoint):
        yield server


async def test_a_webhook_is_told_in_the_trace_of_the_call_that_it_is_told_of(recorded: Recorded) -> None:
    core = recorded.stage.service.core
    async with asked() as server:
        webhook = await core.outward.webhooks.add(DEFAULT_TENANT, server.endpoint.url)
        host = await recorded.stage.service.sign_up()
        await host.go_live()
        await core.outward.workers.run(timedelta(seconds=10))
    delivery = await recorded.span(f"deliver {webhook.id}")
    assert delivery.about["messaging.operation.type"] == "send"
    assert delivery.about["messaging.batch.message_count"] >= 1
    tops = {one.trace for one in recorded.collector.spans if one.name.startswith("POST /base/v1/")}
    assert delivery.trace in tops
    (request,) = recorded.collector.under(delivery)
    assert request.about["http.response.status_code"] == 200
    assert server.headers[-1]["traceparent"].split("-")[1:3] == [request.trace, request.id]


async def test_another_process_that_delivers_goes_on_with_the_same_trace(
    on_servers: Recorded, collector: Collector, tmp_path: Path
) -> None:
    service = on_servers.stage.service
    given = service.core.settings
    async with asked() as server:
        webhook = await service.core.outward.webhooks.add(DEFAULT_TENANT, server.endpoint.url)
        host = await service.sign_up()
        await host.go_live()
        stores = {"database_url": given.database_url, "redis_url": given.redis_url, "secret": SECRET}
        traces = {"traces": True, "traces_ratio": 1, "traces_endpoint": collector.url}
        async with staging(tmp_path / "other", **stores, **traces) as other:
            await other.service.core.outward.workers.run(timedelta(seconds=10))
            await flush(other.service.core)
    delivery = await on_servers.span(f"deliver {webhook.id}")
    opened = await on_servers.span("POST /base/v1/rooms/enter_room")
    assert delivery.trace == opened.trace, collector.listed()
    assert server.headers[-1]["traceparent"].split("-")[1] == opened.trace


async def test_an_asking_hook_is_asked_in_the_trace_of_the_call_that_waits_for_it(recorded: Recorded) -> None:
    core = recorded.stage.service.core
    _, room, _ = await recorded.stage.host()
    guest = await recorded.stage.service.sign_up()
    async with hook_server() as server:
        seen: list[str] = []
        answer = server.endpoint.answer

        def noting(request: VendorRequest) -> VendorResponse:
            seen.append(request.headers["traceparent"])
            return answer(request)

        server.endpoint.answer = noting
        await server.hook(core.hook_calls.hooks, "", HookType.ENTER, timeout=LONGEST)
        await guest.enter(room)
    top = await recorded.span("POST /base/v1/rooms/enter_room")
    question = next(one for one in recorded.collector.below(top) if one.name.startswith("ask "))
    (request,) = recorded.collector.under(question)
    assert seen[0].split("-")[1:3] == [top.trace, request.id]


async def test_a_vendor_is_not_told_of_traces(recorded: Recorded) -> None:
    async with asked() as server:
        vendor = Outgoing("Vendor", timeout=timedelta(seconds=5))
        await vendor.post(f"{server.endpoint.url}/secret-path?key=secret", b"{}", {})
        await vendor.close()
    await recorded.flush()
    (request,) = recorded.collector.spans
    assert (request.name, request.about["liveroom.peer"]) == ("POST", "Vendor")
    assert "traceparent" not in server.headers[0]
    assert b"secret" not in b"".join(recorded.collector.bodies)
