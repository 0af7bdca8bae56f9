"""From a publication to its sockets: who has caused it is known, in this process and across Redis."""

import asyncio
import os
from pathlib import Path

import pytest

from liveroom.domain.hooks.model import LONGEST, HookType
from tests.hook_server import hook_server
from tests.service import salt_of
from tests.tracing.conftest import SAMPLED, UNSAMPLED, Recorded
from tests.tracing.drawing import drawn


async def test_what_a_call_publishes_is_told_within_its_trace(recorded: Recorded) -> None:
    _, room, peer = await recorded.stage.host()
    await peer.subscribe(room)
    guest = await recorded.stage.service.sign_up()
    await guest.enter(room)
    await peer.event(room, "member.entered")
    told = await recorded.span("fan out room")
    top = recorded.collector.named("POST /base/v1/rooms/enter_room")
    assert told.trace == top.trace
    assert told.about["liveroom.sockets"] == 1
    assert told.span.end_time_unix_nano > told.span.start_time_unix_nano


@pytest.mark.services
async def test_scripts_statements_hooks_and_fan_out_are_one_tree_on_servers(on_servers: Recorded) -> None:
    _, room, peer = await on_servers.stage.host()
    await peer.subscribe(room)
    guest = await on_servers.stage.service.sign_up()
    await guest.query()  # after an empty Redis, the first call has the user's data loaded
    async with hook_server() as server:
        hooks = on_servers.stage.service.core.hook_calls.hooks
        await server.hook(hooks, "", HookType.ENTER, timeout=LONGEST)
        await guest.enter(room)
    await peer.event(room, "member.entered")
    top = await on_servers.span("POST /base/v1/rooms/enter_room")
    tree = on_servers.collector.tree(top)
    assert {"  EVALSHA admit", "  SELECT lr_users", "  ask enter", "    POST", "  fan out room"} <= {*tree}, tree
    script, told = (on_servers.collector.named(name) for name in ("EVALSHA admit", "fan out room"))
    assert script.about == {
        "db.system.name": "redis",
        "db.operation.name": "EVALSHA",
        "db.stored_procedure.name": "admit",
        "db.query.summary": "EVALSHA admit",
    }
    assert told.about["messaging.batch.message_count"] == 2, "member.entered and room.counts"
    picture = drawn(on_servers.collector, top)
    assert ">EVALSHA admit</text>" in picture
    if path := os.environ.get("TRACE_PICTURE"):
        Path(path).write_text(picture, encoding="utf-8")


@pytest.mark.services
async def test_transactions_that_share_one_are_told_each_by_its_own_call(on_servers: Recorded) -> None:
    service = on_servers.stage.service
    names = [f"together-{number}" for number in range(4)]
    headers = [UNSAMPLED, SAMPLED, UNSAMPLED, {}]
    await asyncio.gather(
        *(
            service.call("oauth/register", {"username": name, "salt": salt_of(name, "pass")}, headers=given)
            for name, given in zip(names, headers, strict=True)
        )
    )
    await on_servers.flush()
    tops = [one for one in on_servers.collector.spans if one.name == "POST /base/v1/oauth/register"]
    assert len(tops) == 2
    for top in tops:
        tree = on_servers.collector.tree(top)
        assert "  transaction" in tree
        assert any(line.strip() == "INSERT lr_users" for line in tree), tree
