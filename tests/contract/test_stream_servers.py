"""Several servers of streams: each tenant's own, and a room on the second one; none speaks for another's streams."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest_asyncio

from tests.contract.conftest import Serving
from tests.service import CALLBACK_KEY, Device, Service
from tests.streaming import Encoder, encoder_of

ACME: Final = ("acme-one", "acme-two")
BETA: Final = "beta-one"


def key_of(server: str) -> str:
    return CALLBACK_KEY if server == "nginx_rtmp" else f"callback-key-of-{server}"


def written(folder: Path) -> Path:
    """Return a file with three servers: two of one tenant, one of another."""
    path = folder / "streams.toml"
    tenants = {**dict.fromkeys(ACME, "acme"), BETA: "beta"}
    path.write_text(
        "\n".join(
            f'[{name}]\nkind = "nginx_rtmp"\ntenants = ["{tenant}"]\ncallback_key = "{key_of(name)}"\n'
            f'rtmp_url = "rtmp://{name}.example.com"\nhttp_url = "https://{name}.example.com/hls"\n'
            f'api_url = "http://127.0.0.1:9"\nplay_key = "play-key-of-{name}"\n'
            for name, tenant in tenants.items()
        )
    )
    return path


@pytest_asyncio.fixture(loop_scope="module")
async def served(embedded: Serving, tmp_path: Path) -> AsyncIterator[Service]:
    async with embedded(streams_servers=written(tmp_path), account_limit=0) as service:
        for tenant in ("acme", "beta"):
            await service.make_tenant(tenant)
        yield service


async def host_of(service: Service, tenant: str = "") -> tuple[Device, str]:
    host = await service.sign_up(**({"app": tenant} if tenant else {}))
    return host, await host.go_live(category="streams")


async def encoder(host: Device, room: str, **params: Any) -> Encoder:
    made = (await host.call("streams/create", {"roomId": room, **params})).data
    obs = encoder_of(host.account.caller, made)
    return replace(obs, server=made["server"], callback_key=key_of(made["server"]))


async def test_each_tenant_pushes_to_its_own_servers_and_others_to_the_installations(served: Service) -> None:
    found = {}
    for tenant in ("", "acme", "beta"):
        host, room = await host_of(served, tenant)
        offered = (await host.call("streams/list", {"roomId": room})).data
        made = (await host.call("streams/create", {"roomId": room})).data
        found[tenant] = (offered["servers"], made["server"], made["addresses"][0]["server"])
    assert found == {
        "": (["nginx_rtmp"], "nginx_rtmp", "rtmp://live.example.com/live"),
        "acme": ([*ACME], ACME[0], f"rtmp://{ACME[0]}.example.com/live"),
        "beta": ([BETA], BETA, f"rtmp://{BETA}.example.com/live"),
    }


async def test_a_room_may_take_the_second_server_of_its_tenant_and_none_of_anothers(served: Service) -> None:
    host, room = await host_of(served, "acme")
    obs = await encoder(host, room, server=ACME[1])
    assert await obs.push(1)
    (shown,) = (await host.call("streams/current", {"roomId": room})).data
    (address,) = shown["addresses"]
    assert address["url"].startswith(f"https://{ACME[1]}.example.com/hls/")
    assert await obs.may_watch(address["url"])
    for wrong in (BETA, "nginx_rtmp", "nowhere"):
        refused = await host.call("streams/create", {"roomId": room, "server": wrong})
        assert "acme-one, acme-two" in refused.text


async def test_a_server_that_shows_another_ones_key_is_refused(served: Service) -> None:
    for tenant, other in (("acme", BETA), ("beta", ACME[0])):
        obs = await encoder(*await host_of(served, tenant))
        assert not await replace(obs, callback_key=key_of(other)).push(1)
        assert await obs.push(1)


async def test_a_server_says_and_learns_nothing_of_streams_that_are_not_its_own(served: Service) -> None:
    host, room = await host_of(served, "acme")
    obs = await encoder(host, room)
    assert await obs.push(1)
    (shown,) = (await host.call("streams/current", {"roomId": room})).data
    for server in (ACME[1], BETA, "nginx_rtmp"):
        stranger = replace(obs, server=server, callback_key=key_of(server))
        assert not await stranger.push(2)
        assert not await stranger.may_watch(shown["addresses"][0]["url"])
        await stranger.gone(1)
    (stream,) = (await host.call("streams/list", {"roomId": room})).data["streams"]
    assert stream["state"] == "live", "nobody but its own server ends it"
    await obs.gone(1)
    (stream,) = (await host.call("streams/list", {"roomId": room})).data["streams"]
    assert stream["state"] == "interrupted"
