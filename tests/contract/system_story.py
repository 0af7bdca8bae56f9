"""What the operator's server does on the evening with the installation itself: webhooks, keys, the audit."""

from datetime import timedelta
from typing import Final

from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.webhooks.deliveries import DeadLetter, Delivery
from tests.contract.evening import Evening

_ADDRESS: Final = "http://127.0.0.1:9/events"
"""Where nothing listens."""


async def tell_of_the_system(evening: Evening, server: str) -> None:
    """Let it happen."""
    await _webhooks(evening, server)
    await evening.call(server, "admin/audit", action="close_room", limit=2)


async def _webhooks(evening: Evening, server: str) -> None:
    kinds = ["room.opened", "room.closed"]
    made = await evening.call(server, "admin/create_webhook", url=_ADDRESS, kinds=kinds, categories=["show"])
    one = {"webhookId": made["webhookId"]}
    await evening.call(server, "admin/test_webhook", **one)
    now, refused = evening.service.clock.now(), "HTTP 500: out of order"
    event = "-Ohv0aaa-1234567"
    db = evening.service.core.db
    await db.deliveries.add(Delivery(one["webhookId"], now, event, 1, 500, 12, refused))
    old = now - timedelta(days=3)
    dead = DeadLetter(
        event, one["webhookId"], DEFAULT_TENANT, "room:40000001", 8, "room.closed", old, now, refused, "{}"
    )
    await db.dead_letters.add([dead])
    await evening.call(server, "admin/list_webhooks")
    await evening.call(server, "admin/webhook_deliveries", **one, limit=1)
    await evening.call(server, "admin/list_dead_letters", **one)
    await evening.call(server, "admin/replay_webhook", **one, eventId=event)
    await evening.call(server, "admin/rotate_webhook_secret", **one, why="every quarter")
    await evening.call(server, "admin/update_webhook", **one, kinds=["room.*"], state="off")
    await evening.call(server, "admin/delete_webhook", **one)
