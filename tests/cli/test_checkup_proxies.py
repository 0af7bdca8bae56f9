"""The doctor on proxies that forward calls and are not trusted."""

from pathlib import Path

import pytest

from liveroom.app.checkup.proxies import look_at_proxies
from liveroom.domain.findings import Finding
from liveroom.settings import load_settings
from liveroom.usecases.untrusted_proxies import KEPT, note_proxy
from tests.service import Service, serving


async def look(service: Service, **given: str) -> list[Finding]:
    folder = service.core.settings.data_dir
    settings = load_settings({"data_dir": folder, **given}, environ={}, dotenv=None)
    return [found async for found in look_at_proxies(settings, service.clock)]


@pytest.mark.parametrize("peer", ["10.0.0.7", "2001:db8::7"])
async def test_a_proxy_that_is_not_trusted_is_told_until_it_is(peer: str, tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        assert await look(service) == []
        await note_proxy(service.core.db, service.clock, "192.0.2.1")
        await note_proxy(service.core.db, service.clock, peer)
        (found,) = await look(service)
        assert f"{peer} sent X-Forwarded-For" in found.fact
        assert f"LIVEROOM_TRUSTED_PROXIES={peer}" in found.remedy
        assert await look(service, trusted_proxies=f"10.0.0.0/8,{peer}") == []
        service.clock.advance(KEPT.total_seconds() + 1)
        assert await look(service) == []
