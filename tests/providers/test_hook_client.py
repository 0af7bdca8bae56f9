"""How an operator's server is asked over HTTP: nothing of an answer but its JSON counts, or is kept."""

import gzip
from datetime import UTC, datetime

import pytest

from liveroom.domain.hooks.model import Hook, HookFailed, HookType
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.webhooks.signing import fresh_secret
from liveroom.providers.hooks import HttpHookClient
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving

NOW = datetime(2026, 3, 19, 12, 8, 40, tzinfo=UTC)


def hook_at(endpoint: VendorEndpoint) -> Hook:
    return Hook("hk_1", DEFAULT_TENANT, f"{endpoint.url}/ask", (fresh_secret(NOW),), NOW, HookType.ENTER)


async def test_no_server_leaves_a_cookie() -> None:
    asked: list[VendorRequest] = []

    def bake(request: VendorRequest) -> VendorResponse:
        asked.append(request)
        return VendorResponse(b'{"allow": true}', more=f"Set-Cookie: n{len(asked)}=1; Path=/\r\n")

    endpoint, client = VendorEndpoint(bake), HttpHookClient()
    async with serving(endpoint):
        for number in range(3):
            await client.ask(hook_at(endpoint), f"ask_{number}", NOW, b"{}")
        await client.close()
    assert len(asked) == 3
    assert all("cookie" not in request.headers for request in asked)


async def test_a_packed_answer_is_none_and_is_never_unpacked() -> None:
    packed = gzip.compress(b'{"allow": true}' + b" " * 1000)
    asked: list[VendorRequest] = []

    def pack(request: VendorRequest) -> VendorResponse:
        asked.append(request)
        return VendorResponse(packed, more="Content-Encoding: gzip\r\n")

    endpoint, client = VendorEndpoint(pack), HttpHookClient()
    async with serving(endpoint):
        with pytest.raises(HookFailed, match="no JSON"):
            await client.ask(hook_at(endpoint), "ask_1", NOW, b"{}")
        await client.close()
    assert asked[0].headers["accept-encoding"] == "identity"
