"""``admin/audit``: what was done is found by whoever asks for it, page by page, and only in their tenant."""

import csv
import io
import json
from typing import Any

from liveroom.api.moderation.admin_audit import SearchAudit, audit
from liveroom.api.parameters import fields_of, read_request
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.moderation.audit_search import AuditSearch
from tests.contract.conftest import Serving
from tests.service import Service


async def write(service: Service) -> None:
    """Let a tenant's audit have a few things in it, ten seconds apart."""
    await service.make_tenant("shop")
    trail, shop = service.services.audit, TenantName("shop")
    for number in range(6):
        done = await trail.note(
            shop,
            f"key:{'odd' if number % 2 else 'even'}",
            "base/v1/admin/close_room" if number < 4 else "webhooks add",
            f"user:{number} room:7",
            address="192.0.2.7",
            reason="Loud Music" if number == 3 else "",
        )
        if number:
            trail.answered(done, 3000 if number == 2 else 0)
        service.clock.advance(10)
    entry = trail.entry(shop, UserId("9"), "base/v1/moderation/mute", target=UserId("5"), room=RoomId("7"), reason="x")
    await trail.write(entry)
    await trail.note(TenantName(""), "key:odd", "base/v1/admin/close_room", "user:1")
    await trail.flush()


async def found(service: Service, **params: Any) -> list[str]:
    """Return about whom the entries are that are found, the newest first; few rows are read at once."""
    shop = service.services.tenants.find("shop")
    assert shop is not None
    operator = Operator(shop, "operator:1", service.clock.now(), may=bool)
    search, subjects, cursor = AuditSearch(service.core.db, read=2, reads=2), [], ""
    while True:
        call = read_request(SearchAudit, fields_of(SearchAudit), {**params, "cursor": cursor})
        assert isinstance(call, SearchAudit)
        page = await audit(call, operator, search)
        subjects += [row["subject"] for row in json.loads(b"[%b]" % page.items) if row["subject"]]
        cursor = page.cursor
        if not cursor:
            return [subject.split()[0].removeprefix("user:") for subject in subjects]


async def test_each_filter_finds_what_it_means_and_pages_agree_with_the_whole(embedded: Serving) -> None:
    async with embedded() as service:
        began = service.clock.now()
        await write(service)
        everything = ["5", "5", "4", "3", "2", "1", "0"]
        for limit in (1, 2, 3, 100):
            assert await found(service, limit=limit) == everything
        assert await found(service, actor="key:odd", limit=1) == ["5", "3", "1"]
        assert await found(service, action="close_room") == ["3", "2", "1", "0"]
        assert await found(service, action="base/v1/admin/close_room", code=0) == ["3", "1"]
        assert await found(service, action="webhooks") == ["5", "4"]
        assert await found(service, subject="user:2") == ["2"]
        assert await found(service, subject="user:") == []
        assert await found(service, roomId="7") == ["5"], "what a moderator did there"
        assert await found(service, code=3000) == ["2"]
        assert await found(service, code=-1, subject="user:0") == ["0"]
        assert await found(service, text="loud mUSIC") == ["3"]
        assert await found(service, changes=True) == everything
        assert await found(service, changes=True) == everything
        server, looked = await service.make_key("shop"), {"action": "list_users"}
        await server.call("admin/list_users")
        assert len((await server.call("admin/audit", looked)).data) == 1
        assert (await server.call("admin/audit", {**looked, "changes": True})).data == [], "it only shows"
        at = [f"{began.fromtimestamp(began.timestamp() + 10 * n, began.tzinfo):%Y-%m-%d %H:%M:%S}" for n in range(9)]
        assert await found(service, sinceUtc=at[3], untilUtc=at[6], action="close_room") == ["3"][:1]
        assert await found(service, untilUtc="0001-01-01 00:00:00") == []
        assert await found(service, sinceUtc="9999-12-31 23:59:59") == []
        assert await found(service, actor="key:odd", untilUtc="9999-12-31 23:59:59") == ["5", "3", "1"]


async def test_the_other_tenants_audit_is_theirs(embedded: Serving) -> None:
    async with embedded() as service:
        await write(service)
        await service.make_tenant("cafe")
        stranger = await service.make_key("cafe")
        rows = (await stranger.call("admin/audit", {"actor": "key:odd"})).data
        assert rows == []
        (own,) = (await stranger.call("admin/audit")).data[-1:]
        assert own["action"] == "base/v1/admin/audit"


async def test_an_export_has_every_entry_once_and_no_cell_that_computes(embedded: Serving) -> None:
    async with embedded() as service:
        server = await service.make_key()
        for why in ("=1+1", "+4930", "-x", "@SUM(A1)", 'a "quoted", one', "two\nlines"):
            await server.call("admin/version", {"why": why})
        await service.services.audit.flush()
        part = (await server.call("admin/export_audit", {"action": "version"})).data
        rows = list(csv.reader(io.StringIO(part["text"], newline="")))
        reasons = [row[rows[0].index("reason")] for row in rows[1:]]
        assert reasons == [
            "two\N{REPLACEMENT CHARACTER}lines",
            'a "quoted", one',
            "'@SUM(A1)",
            "'-x",
            "'+4930",
            "'=1+1",
        ]
        assert (part["entries"], part["nextPart"]) == (6, "")
        lines = (await server.call("admin/export_audit", {"action": "version", "format": "jsonl"})).data["text"]
        assert [json.loads(line) for line in lines.splitlines()] == (
            await server.call("admin/audit", {"action": "version"})
        ).data
        assert (await server.call("admin/export_audit", {"format": "xlsx"})).code == 98
