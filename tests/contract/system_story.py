"""What the operator's server does on the evening with the installation itself: webhooks, keys, the audit."""

from datetime import timedelta
from typing import Any, Final

from liveroom.domain.drift.model import Drift, DriftCase, DriftSource, KnownDrift
from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.webhooks.deliveries import DeadLetter, Delivery
from tests.contract.evening import Evening

_ADDRESS: Final = "http://127.0.0.1:9/events"
"""Where nothing listens."""
_ASKED: Final = "http://127.0.0.1:9/ask"


async def tell_of_the_system(evening: Evening, server: str) -> None:
    """Let it happen."""
    await _webhooks(evening, server)
    await _hooks(evening, server)
    await _keys(evening, server)
    await _installation(evening, server)
    await evening.service.services.audit.flush()
    await evening.call(server, "admin/audit", action="close_room", limit=2)
    await evening.call(server, "admin/export_audit", action="no_such_thing")


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


async def _hooks(evening: Evening, server: str) -> None:
    made = await evening.call(server, "admin/create_hook", before="go_live", url=_ASKED, categories=["show"])
    one = {"hookId": made["hookId"]}
    await evening.call(server, "admin/test_hook", **one)
    await evening.call(server, "admin/update_hook", **one, timeoutMs=500, otherwise="refuse")
    await evening.call(server, "admin/list_hooks")
    await evening.call(server, "admin/rotate_hook_secret", **one)
    await evening.call(server, "admin/delete_hook", **one)


async def _keys(evening: Evening, server: str) -> None:
    day = 86_400
    scopes = ["act:rooms", "admin:reports"]
    made = await evening.call(server, "admin/create_server_key", name="helpdesk", scopes=scopes, seconds=90 * day)
    await evening.call(server, "admin/list_server_keys")
    evening.show("admin/list_server_keys", lambda rows: rows[1:])
    await evening.call(server, "admin/revoke_server_key", keyId=made["keyId"], why="the contract ended")
    signs = await evening.call(server, "admin/create_app_key", name="ticket machine")
    await evening.call(server, "admin/list_app_keys")
    await evening.call(server, "admin/require_signatures", modules="messages")
    await evening.call(server, "admin/signing_rule")
    await evening.call(server, "admin/require_signatures", modules="none")
    await evening.call(server, "admin/delete_app_key", appKeyId=signs["appKeyId"])
    secret = await evening.call(server, "admin/create_login_secret", tag="cinema")
    await evening.call(server, "admin/list_login_secrets")
    await evening.call(server, "admin/delete_login_secret", loginSecretId=secret["loginSecretId"])


async def _installation(evening: Evening, server: str) -> None:
    options = {"language": "en", "hosts": ["karaoke.example.com"], "quotaRooms": 500}
    await evening.call(server, "admin/create_tenant", name="karaoke", **options)
    await evening.call(server, "admin/update_tenant", name="karaoke", quotaRooms=800, why="they grow")
    await evening.call(server, "admin/list_tenants")
    await evening.call(server, "admin/settings")
    shown = {"LIVEROOM_REGISTRATION", "LIVEROOM_GUEST_LIMIT", "LIVEROOM_ICE_SERVERS"}
    evening.show("admin/settings", lambda rows: [row for row in rows if row["name"] in shown])
    await evening.call(server, "admin/doctor")
    evening.show("admin/doctor", _two_findings)
    await _drift(evening, server)
    await evening.call(server, "admin/version")
    machine = {"version": "1.0.0", "machine": "live-1", "process": 4711, "python": "3.13.1"}
    evening.show("admin/version", lambda program: {**program, **machine})


async def _drift(evening: Evening, server: str) -> None:
    drift, now = evening.service.services.console.drift, evening.service.clock.now()
    await drift.reconciliation.look(DriftSource.LIVE)
    left = Drift(DriftSource.LIVEKIT, DriftCase.PARTICIPANT_UNKNOWN, "recorder in 40000001", room=RoomId("40000001"))
    await evening.service.core.db.drift.put([KnownDrift(left, now - timedelta(minutes=5), now, looks=9)])
    await evening.call(server, "admin/drift", limit=10)
    await evening.call(server, "admin/allow_repair", source="live", why="the list is right")
    await evening.service.core.db.drift.drop([left.id])


def _two_findings(found: dict[str, Any]) -> dict[str, Any]:
    """Return what is the same on every machine."""
    kept = [finding for finding in found["findings"] if finding["subject"] in ("logins", "registration")]
    return {**found, "failures": 0, "warnings": len(kept), "findings": kept}
