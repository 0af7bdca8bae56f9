"""Tenants, settings and the doctor over HTTP: what is about the whole installation."""

import asyncio
import json

from tests.contract.conftest import Serving
from tests.service import Keyholder, Service

SECRET = "kept from everybody who looks at settings"


async def test_settings_say_where_each_comes_from_and_no_secret(embedded: Serving) -> None:
    async with embedded(internal_key=SECRET, guest_limit=7) as service:
        server = await service.make_key()
        answer = await server.call("admin/settings")
        rows = {row["name"]: row for row in answer.data}
        guests, key, port = (rows[f"LIVEROOM_{name}"] for name in ("GUEST_LIMIT", "INTERNAL_KEY", "BROWSING"))
        assert (guests["value"], guests["default"], guests["origin"]) == ("7", "200", "flag")
        assert (port["value"], port["origin"]) == ("guests", "default")
        assert set(key["value"]) == {"*"}
        assert SECRET not in answer.text
        assert {row["group"] for row in answer.data} >= {"Listening", "Storage"}
        program = (await server.call("admin/version")).data
        assert (program["database"], program["live"]) == ("sqlite", "memory")
        found = (await server.call("admin/doctor")).data
        levels = [finding["level"] for finding in found["findings"]]
        assert (found["failures"], found["warnings"]) == (levels.count("fail"), levels.count("warn"))
        assert {"database", "registration", "secret"} <= {finding["subject"] for finding in found["findings"]}


async def make(server: Keyholder, name: str, **options: object) -> None:
    """Make a tenant."""
    made = await server.call("admin/create_tenant", {"name": name, **options})
    assert made.code == 0, made.text


async def test_a_tenant_is_made_and_changed_and_its_secret_is_never_told(service: Service) -> None:
    server = await service.make_key()
    await make(server, "made", sdkAppId=1_400_000_001, sdkSecret=SECRET, rtc="trtc", hosts=["Made.example"])
    changes: dict[str, object] = {"name": "made", "hosts": "none", "rtc": "default", "quotaUsers": 5}
    changes |= {"recordings": "all", "why": "fewer people"}
    changed = await server.call("admin/update_tenant", changes)
    row = changed.data
    assert (row["hosts"], row["rtcChosen"], row["quotaUsers"], row["hasSdkSecret"]) == ([], False, 5, True)
    assert row["recordings"] == "all"
    listed = await server.call("admin/list_tenants")
    assert row in listed.data
    assert listed.data[0]["name"] == ""
    await server.call("admin/update_tenant", {"name": "made", "sdkSecret": f"{SECRET}!"})
    await service.services.audit.flush()
    noted = await server.call("admin/audit", {"action": "update_tenant"})
    secret, quota = noted.data[:2]
    assert (secret["before"], secret["after"]) == ({}, {"sdkSecret": "changed"})
    assert quota["before"] == {"rtc": "trtc", "hosts": ["made.example"], "quotaUsers": 0, "recordings": "default"}
    assert quota["after"] == {"rtc": "default", "hosts": [], "quotaUsers": 5, "recordings": "all"}
    assert quota["reason"] == "fewer people"
    assert SECRET not in "".join([changed.text, listed.text, noted.text])
    assert (await service.make_key("made", "admin:webhooks")).key


async def test_a_tenant_that_cannot_be_is_refused(service: Service) -> None:
    server = await service.make_key()
    await make(server, "taken", hosts=["taken.example"])
    for method, params, sentence in (
        ("create_tenant", {"name": "taken"}, "there is already a tenant 'taken'"),
        ("create_tenant", {"name": "a-b"}, "1 to 15"),
        ("create_tenant", {"name": "other", "hosts": "taken.example"}, "bound to the tenant taken"),
        ("create_tenant", {"name": "other", "rtc": "trtc"}, "trtc needs the tenant's own SDKAppID"),
        ("create_tenant", {"name": "other", "rtc": "pigeons"}, "rtc: must be"),
        ("create_tenant", {"name": "other", "language": "fr"}, "language: must be"),
        ("create_tenant", {"name": "other", "recordings": "some"}, "recordings: must be"),
        ("update_tenant", {"name": "nobody"}, "no tenant 'nobody'"),
    ):
        refused = await server.call(f"admin/{method}", params)
        assert refused.code == 98
        assert sentence in refused.body["errorMessage"], refused.text
    assert service.services.tenants.find("other") is None


async def test_two_changes_of_a_tenant_at_once_both_count(service: Service) -> None:
    server = await service.make_key()
    await make(server, "busy")
    changes = ({"quotaUsers": 1}, {"quotaRooms": 2}, {"quotaMembers": 3}, {"language": "en"})
    answers = await asyncio.gather(*(server.call("admin/update_tenant", {"name": "busy", **one}) for one in changes))
    assert [answer.code for answer in answers] == [0] * 4
    (row,) = [row for row in (await server.call("admin/list_tenants")).data if row["name"] == "busy"]
    assert (row["quotaUsers"], row["quotaRooms"], row["quotaMembers"], row["language"]) == (1, 2, 3, "en"), json.dumps(
        row
    )
