"""The helpers for an operator's server: logins, calls with a key, and messages that only liveroom can have signed."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from liveroom_client.server import (
    HookAnswer,
    HookQuestion,
    NotSigned,
    WebhookEvent,
    allow,
    hook_app,
    refuse,
    verify,
    webhook_app,
    webhook_events,
)

OLD, NEW, FOREIGN = (f"whsec_{base64.b64encode(name * 8).decode()}" for name in (b"old!", b"new!", b"mine"))
EVENT = {"id": "ev_1", "type": "room.opened", "timestamp": "", "tenant": "", "stream": "room:1", "seq": 1, "data": {}}


def signed(message: dict[str, Any], *secrets: str, at: float | None = None) -> tuple[bytes, dict[str, str]]:
    """Return a body and headers as the library of Standard Webhooks makes them."""
    body = json.dumps(message, ensure_ascii=False)
    moment = datetime.fromtimestamp(at, UTC) if at is not None else datetime.now(UTC)
    signatures = " ".join(Webhook(secret).sign("msg_1", moment, body) for secret in secrets)
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(moment.timestamp())),
        "Webhook-Signature": signatures,
    }
    return body.encode(), headers


def test_a_message_that_is_signed_is_read() -> None:
    body, headers = signed(EVENT, NEW)
    assert verify(body, headers, NEW) == EVENT
    assert webhook_events(verify(body, headers, [OLD, NEW])) == [EVENT]


def test_while_a_secret_is_changed_either_of_both_signatures_will_do() -> None:
    body, headers = signed(EVENT, OLD, NEW)
    assert verify(body, headers, OLD) == verify(body, headers, NEW) == EVENT


def test_a_batch_has_its_events_in_order() -> None:
    second = {**EVENT, "id": "ev_2", "seq": 2}
    body, headers = signed({"type": "batch", "timestamp": "", "data": {"events": [EVENT, second]}}, NEW)
    assert [event["id"] for event in webhook_events(verify(body, headers, NEW))] == ["ev_1", "ev_2"]


@pytest.mark.parametrize("change", ["body", "id", "time", "signature", "secret", "old", "future", "none"])
def test_whatever_is_not_signed_as_it_is_is_refused(change: str) -> None:
    now = datetime.now(UTC).timestamp()
    at = {"old": now - 301, "future": now + 302}.get(change)
    body, headers = signed(EVENT, FOREIGN if change == "secret" else NEW, at=at)
    match change:
        case "body":
            body += b" "
        case "id":
            headers["Webhook-Id"] = "msg_2"
        case "time":
            headers["Webhook-Timestamp"] = "soon"
        case "signature":
            headers["Webhook-Signature"] = "v1,bm90IHRoaXM= v2," + headers["Webhook-Signature"][3:]
        case "none":
            headers = {}
    with pytest.raises(NotSigned):
        verify(body, headers, [OLD, NEW])


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64"])
def test_a_secret_that_is_none_lets_nothing_pass(secret: str) -> None:
    body, headers = signed(EVENT, NEW)
    with pytest.raises(ValueError, match="whsec_"):
        verify(body, headers, secret)


async def posted(app: Any, body: bytes, headers: dict[str, str], method: str = "POST") -> httpx.Response:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://operator", trust_env=False
    ) as http:
        return await http.request(method, "/", content=body, headers=headers)


async def test_the_webhook_application_answers_once_the_events_are_taken() -> None:
    taken: list[WebhookEvent] = []
    app = webhook_app(lambda: [NEW], taken.extend)
    assert (await posted(app, *signed(EVENT, NEW))).status_code == 204
    assert taken == [EVENT]
    assert (await posted(app, *signed(EVENT, FOREIGN))).status_code == 401
    assert (await posted(app, b"", {}, "GET")).status_code == 405
    assert taken == [EVENT]


async def test_a_webhook_that_cannot_be_taken_is_not_answered_as_if_it_was() -> None:
    async def take(events: list[WebhookEvent]) -> None:
        raise RuntimeError("the database is down")

    with pytest.raises(RuntimeError):
        await posted(webhook_app(NEW, take), *signed(EVENT, NEW))


async def test_the_hook_application_answers_what_was_decided() -> None:
    async def decide(question: HookQuestion) -> HookAnswer:
        return allow(title="晚上") if question["type"] == "ask.go_live" else refuse("Not today.")

    app = hook_app([OLD, NEW], decide)
    asked = await posted(app, *signed({**EVENT, "type": "ask.go_live"}, NEW))
    assert asked.json() == {"allow": True, "set": {"title": "晚上"}}
    assert asked.headers["content-type"] == "application/json"
    assert (await posted(app, *signed({**EVENT, "type": "ask.enter"}, OLD))).json() == {
        "allow": False,
        "message": "Not today.",
    }
    assert (allow(), refuse()) == ({"allow": True}, {"allow": False})
